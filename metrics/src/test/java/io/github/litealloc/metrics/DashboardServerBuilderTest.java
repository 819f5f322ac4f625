package io.github.litealloc.metrics;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DashboardServerBuilderTest {

  private final DashboardServer.Builder builder = DashboardServer.builder();

  @Test
  void allocator_nullOrTwice_isRefused() {
    Refused.asNull(
        "allocator: null (expected: an allocator)", () -> builder.allocator(Refused.nothing()));
    try (LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().name("a").build()) {
      builder.allocator(allocator);
      Refused.with(
          "allocator: \"" + allocator.name() + "\" (expected: each allocator only once)",
          () -> builder.allocator(allocator));
    }
  }

  @Test
  void nettyAllocator_nullOrTwiceOrOurs_isRefused() {
    Refused.asNull(
        "allocator: null (expected: an allocator)",
        () -> builder.nettyAllocator("pooled", Refused.nothing()));
    builder.nettyAllocator("pooled", PooledByteBufAllocator.DEFAULT);
    for (String name : new String[] {" ", "pooled"}) {
      Refused.with(
          "name: \"" + name + "\" (expected: not blank, and each name only once)",
          () -> builder.nettyAllocator(name, PooledByteBufAllocator.DEFAULT));
    }
    try (LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().name("b").build()) {
      Refused.with(
          "nettyAllocator: " + allocator + " (expected: one of Netty's; ours by allocator(..))",
          () -> builder.nettyAllocator("ours", allocator));
    }
  }

  @Test
  void leakWindow_tooShortOrLong_isRefused() {
    for (Duration window : List.of(Duration.ofMillis(999), Duration.ofHours(25))) {
      Refused.with(
          "leakWindow: " + window + " (expected: from one second to a day)",
          () -> builder.leakWindow(window));
    }
  }

  @Test
  void port_outOfRange_isRefused() {
    for (int port : new int[] {-1, 65_536}) {
      Refused.with(
          "port: " + port + " (expected: 0 for any free port, or up to 65535)",
          () -> builder.port(port));
    }
  }

  @Test
  void registry_null_isRefused() {
    Refused.asNull(
        "registry: null (expected: a Prometheus registry)",
        () -> builder.registry(Refused.nothing()));
  }

  @Test
  void start_withoutAllocator_isRefused() {
    assertThatIllegalStateException()
        .isThrownBy(builder::start)
        .withMessage(
            "allocators: none (expected: at least one call of allocator(..) or nettyAllocator(..)"
                + " before start())");
  }
}
