package io.github.litealloc.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.netty.ExhaustionPolicy;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

final class LiteAllocHealthIndicatorTest {

  @Test
  void health_asTheBudgetFills_goesOutOfServiceAndComesBack() {
    try (LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .maxBytes(8L << 20)
            .decayMillis(0)
            .whenExhausted(ExhaustionPolicy.THROW)
            .build()) {
      LiteAllocHealthIndicator indicator = new LiteAllocHealthIndicator(allocator);
      List<ByteBuf> buffers = new ArrayList<>();
      List<Object> seen = new ArrayList<>();
      try {
        while (indicator.health().getStatus().equals(Status.UP)) {
          buffers.add(allocator.directBuffer(64 << 10));
          Object pressure = indicator.health().getDetails().get("pressure");
          if (!seen.contains(pressure)) {
            seen.add(pressure);
          }
        }
        Health full = indicator.health();

        assertThat(full.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        assertThat(seen).containsExactly("normal", "high", "critical");
        assertThat(full.getDetails()).containsEntry("maxBytes", 8L << 20);
      } finally {
        buffers.forEach(ByteBuf::release);
      }
      allocator.trim().awaitUninterruptibly();
      assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
    }
  }
}
