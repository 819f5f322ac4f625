package io.github.litealloc.codectests;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.netty.FallbackReason;
import io.github.litealloc.netty.LiteAllocatorMetric;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.github.litealloc.netty.TrafficShare;
import io.netty.buffer.ByteBufAllocator;
import java.util.EnumSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Comes after all of Netty's tests: they have passed, and it was with our buffers. */
@Order(Integer.MAX_VALUE)
final class ServedByArenasIT {

  @Test
  void testsOfNetty_withTheAgent_hadAllTheirDirectBuffersFromArenas() {
    assertThat(ByteBufAllocator.DEFAULT).isInstanceOf(LiteByteBufAllocator.class);
    LiteAllocatorMetric metric = ((LiteByteBufAllocator) ByteBufAllocator.DEFAULT).metric();
    TrafficShare traffic = metric.traffic();
    System.out.println(
        metric + ", requests in arenas: " + traffic.arenaRequests() + ", " + traffic);

    assertThat(traffic.arenaRequests()).isPositive();
    for (FallbackReason reason : EnumSet.complementOf(EnumSet.of(FallbackReason.HEAP))) {
      assertThat(metric.fallbacks(reason)).as("fallbacks, %s", reason).isZero();
    }
    assertThat(metric.failures()).as("failures").isZero();
  }

  @Test
  void testsOfNetty_atTheirEnd_haveReleasedTheirDirectBuffers() throws InterruptedException {
    // Event loops that end may hold some yet.
    for (int i = 0; i < 100 && LeftBehind.liveBuffers() > 0; i++) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    assertThat(LeftBehind.liveBuffers()).as("live, by class: %s", LeftBehind.byClass()).isZero();
  }
}
