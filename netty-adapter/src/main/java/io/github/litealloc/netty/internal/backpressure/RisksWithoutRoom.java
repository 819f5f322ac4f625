package io.github.litealloc.netty.internal.backpressure;

/**
 * When channels may be tried for whose growth there is no room, since they may bring what sets
 * memory free. One gate, one thread.
 */
final class RisksWithoutRoom {

  private static final int LEAST_REST_TICKS = 25;
  private static final int MOST_REST_TICKS = 100;
  private static final int NEVER = -1;

  private long grewAt = NEVER;
  private int restTicks;
  private long restsUntil;

  /** Memory has grown by a channel that had no turn. */
  void grew(long tick) {
    grewAt = tick;
  }

  /** Whether that has happened within this tick. */
  boolean grewIn(long tick) {
    return grewAt == tick;
  }

  /** One was tried in vain and took what others had left: the next one waits, longer each time. */
  void lost(long tick) {
    restTicks = Math.min(MOST_REST_TICKS, Math.max(LEAST_REST_TICKS, 2 * restTicks));
    restsUntil = tick + restTicks;
  }

  /** There is less memory in use than for long: waiting was worth it, and need not get longer. */
  void fellToNewLow() {
    restTicks = 0;
  }

  /** Whether one may be tried, as far as those before tell. */
  boolean mayTry(long tick) {
    return tick >= restsUntil;
  }

  /** Whether memory has not grown by anyone for as long as that. */
  boolean isCalm(long tick) {
    return grewAt == NEVER || tick - grewAt >= LEAST_REST_TICKS;
  }
}
