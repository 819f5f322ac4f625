package io.github.litealloc.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MethodProfilerTest {

  @Test
  void method_ofOurs_isTheInnermost() {
    assertThat(MethodProfiler.method(List.of("a.b.Inner.run", "a.b.Outer.run")))
        .isEqualTo("a.b.Inner.run");
  }

  @Test
  void method_ofTheJdk_isNamedWithItsCaller() {
    assertThat(
            MethodProfiler.method(
                List.of("jdk.internal.misc.Unsafe.putByte", "java.nio.Buffer.put", "a.b.Buf.set")))
        .isEqualTo("a.b.Buf.set > Unsafe.putByte");
  }

  @Test
  void method_ofTheJdkAlone_isNamedAlone() {
    assertThat(MethodProfiler.method(List.of("java.lang.Thread.run")))
        .isEqualTo("java.lang.Thread.run");
  }

  @Test
  void withoutPackage_nestedClass_keepsTheClass() {
    assertThat(MethodProfiler.withoutPackage("a.b.Outer$Inner.run")).isEqualTo("Outer$Inner.run");
    assertThat(MethodProfiler.withoutPackage("Plain.run")).isEqualTo("Plain.run");
  }
}
