package io.github.litealloc.netty;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that stands still until somebody steps it, so that looking at it costs a read of memory.
 * One for the process; any thread.
 *
 * <p>It is never ahead of {@link System#nanoTime()} by more than a nanosecond a step, and no two
 * steps show the same time: what was stamped before a step and after it can be told apart.
 */
final class CoarseClock {

  // Stepped seldom, so the event loops that read it share its cache line without a fight.
  private static final AtomicLong NANOS = new AtomicLong(System.nanoTime());

  private CoarseClock() {}

  /** When the clock was stepped last. */
  static long nanos() {
    return NANOS.get();
  }

  /** Brings the clock up to date, and returns the time. */
  static long step() {
    return NANOS.accumulateAndGet(System.nanoTime(), CoarseClock::later);
  }

  private static long later(long lastNanos, long nowNanos) {
    return nowNanos - lastNanos > 0 ? nowNanos : lastNanos + 1;
  }
}
