package io.github.litealloc.metrics;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.litealloc.netty.LiteByteBufAllocator;
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
            "allocators: none (expected: at least one call of allocator(..) before start())");
  }
}
