package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
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

  /** As where the heap is full: nobody else need ever ask for it. */
  @Test
  void nextTick_thatCannotBeHad_isAskedForAgainAndAgain() {
    ManualTimer timer = new ManualTimer();
    DaemonClock clock = new DaemonClock(timer, "a tick of the test", this::isFirst, 10);
    clock.start();
    timer.refusals = 2;
    timer.runNext();
    assertThat(timer.refusals).isZero();
    timer.runNext();
    assertThat(ticks).hasValue(2);
    assertThat(timer.tasks).isEmpty();
    assertThat(clock.runs()).isFalse();
  }

  @Test
  void tickThatTheTimerHasLost_isMadeUpForByWhoeverTicks() {
    ManualTimer timer = new ManualTimer();
    DaemonClock clock = new DaemonClock(timer, "a tick of the test", this::isFirst, 10);
    clock.start();
    timer.tasks.clear();
    DaemonClock other = new DaemonClock(timer, "another tick of the test", () -> false, 10);
    other.start();
    timer.runNext();
    assertThat(timer.tasks).as("not overdue yet").isEmpty();
    timer.nanos += TimeUnit.SECONDS.toNanos(6);
    other.start();
    timer.runNext();
    timer.runNext();
    assertThat(ticks).hasValue(1);
  }

  @Test
  void tickThatCouldNotBeHad_isMadeUpForByWhoeverLooks() {
    ManualTimer timer = new ManualTimer();
    timer.refusals = 1;
    DaemonClock clock = new DaemonClock(timer, "a tick of the test", this::isFirst, 10);
    clock.start();
    assertThat(timer.refusals).isZero();
    DaemonClock.startOverdue();
    timer.runNext();
    assertThat(ticks).hasValue(1);
  }

  @Test
  void tickThatCouldNotBeHad_isMadeUpForWhereAnAllocatorLooksAfterItsArenas() throws Exception {
    ManualTimer timer = new ManualTimer();
    timer.refusals = 1;
    new DaemonClock(timer, "a tick of the test", () -> false, 10).start();
    ArenaRegistry registry = new ArenaRegistry();
    eventually(
        () -> {
          registry.lookAfterOwners(); // which does so once a second
          return !timer.tasks.isEmpty();
        },
        () -> timer.refusals);
  }

  private boolean isFirst() {
    return ticks.incrementAndGet() == 1;
  }

  /**
   * Whose time stands still, and which the test has run its tasks. Others' clocks may come by, too.
   */
  private static final class ManualTimer implements DaemonClock.Timer {
    final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    volatile long nanos;
    volatile int refusals;

    @Override
    public long nanoTime() {
      return nanos;
    }

    @Override
    public synchronized boolean run(long delayNanos, Runnable task) {
      if (refusals > 0) {
        refusals--;
        return false;
      }
      return tasks.add(task);
    }

    void runNext() {
      tasks.remove().run();
    }
  }
}
