package io.github.litealloc.netty.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.PlatformDependent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the matrix runs on here. Its tests leave out what is not available. */
final class TransportsTest {

  @Test
  void available_onThisMachine_isPrinted() {
    System.out.println("matrix, Unsafe: " + PlatformDependent.hasUnsafe());
    for (Transport transport : Transport.values()) {
      print("transport " + transport, transport.unavailable());
    }
    for (Tls tls : Tls.values()) {
      print("TLS " + tls, tls.unavailable());
    }
    assertThat(Transport.available()).contains(Transport.NIO);
    assertThat(Tls.available()).contains(Tls.NONE, Tls.JDK);
  }

  private static void print(String what, @Nullable Throwable unavailable) {
    System.out.println(
        "matrix, " + what + ": " + (unavailable == null ? "runs" : "left out, " + unavailable));
  }

  @ParameterizedTest
  @EnumSource
  @EnabledIfEnvironmentVariable(named = "CI", matches = "true")
  void unavailable_inContinuousIntegration_isNoTransport(Transport transport) {
    assertThat(transport.unavailable()).isNull();
  }

  @ParameterizedTest
  @EnumSource
  @EnabledIfEnvironmentVariable(named = "CI", matches = "true")
  void unavailable_inContinuousIntegration_isNoTls(Tls tls) {
    assertThat(tls.unavailable()).isNull();
  }
}
