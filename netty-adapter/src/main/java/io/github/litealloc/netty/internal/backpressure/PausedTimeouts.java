package io.github.litealloc.netty.internal.backpressure;

import java.util.concurrent.TimeUnit;

/** How often timeouts hear that their channels are paused. One gate, one thread. */
final class PausedTimeouts {

  /**
   * As long as twelve ticks, but not counted in them: after an event loop has stood still for long,
   * the first tick must be in time. Nor from when the gate has shut: it may open and shut again
   * sooner than this all the time.
   */
  private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(240);

  private long resetNanos;

  PausedTimeouts(long nowNanos) {
    resetNanos = nowNanos;
  }

  /** Whether it is time for that; answered once. */
  boolean takeDue(long nowNanos) {
    if (nowNanos - resetNanos < NANOS) {
      return false;
    }
    resetNanos = nowNanos;
    return true;
  }
}
