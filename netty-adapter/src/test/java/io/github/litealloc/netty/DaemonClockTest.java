package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class DaemonClockTest {

  private static final int INTERVAL_MILLIS = 10;

  private final AtomicInteger ticks = new AtomicInteger();

  /** A long tick may have passed by what the second one was asked for. */
  @Test
  void start_whileATickIsUnderWay_ticksAgainAfterIt() throws Exception {
    CountDownLatch isIn = new CountDownLatch(1);
    CompletableFuture<Void> goOn = new CompletableFuture<>();
    DaemonClock clock =
        new DaemonClock(
            "a tick of the test",
            () -> {
              if (ticks.incrementAndGet() == 1) {
                isIn.countDown();
                goOn.join(); // and no latch: for this one the pool has another thread
              }
              return false;
            },
            INTERVAL_MILLIS);
    clock.start();
    assertThat(isIn.await(30, TimeUnit.SECONDS)).isTrue();
    clock.start();
    Thread.sleep(20 * INTERVAL_MILLIS); // until it comes, and finds the first one at it
    assertThat(ticks).hasValue(1);
    goOn.complete(null);
    eventually(() -> ticks.get() == 2, ticks::get);
    eventually(() -> !clock.runs(), ticks::get);
  }

  /** What it could not do is left. */
  @Test
  void tick_thatFails_comesAgain() throws Exception {
    DaemonClock clock =
        new DaemonClock(
            "a tick of the test",
            () -> {
              if (ticks.incrementAndGet() == 1) {
                throw new IllegalStateException("by the test");
              }
              return false;
            },
            INTERVAL_MILLIS);
    clock.start();
    eventually(() -> ticks.get() == 2, ticks::get);
    eventually(() -> !clock.runs(), ticks::get);
  }
}
