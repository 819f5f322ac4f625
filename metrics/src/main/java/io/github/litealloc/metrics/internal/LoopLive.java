package io.github.litealloc.metrics.internal;

import io.github.litealloc.netty.LiveBuffers;

/**
 * What the last look has found about the live buffers of one event loop.
 *
 * @param oldestMillis when the oldest was allocated, in Unix milliseconds; 0 if none is live
 * @param waitingRemoteFrees how many were released elsewhere, and wait for the loop
 */
public record LoopLive(long oldestMillis, long waitingRemoteFrees) {

  /** Nothing is live, and nothing waits. */
  public static final LoopLive NONE = new LoopLive(0, 0);

  static LoopLive of(LiveBuffers look, LiveBuffers.OfArena arena) {
    long ageMillis = arena.oldestNanos() / 1_000_000;
    return new LoopLive(
        arena.oldestNanos() == 0 ? 0 : look.takenMillis() - ageMillis, arena.waitingRemoteFrees());
  }

  LoopLive plus(LoopLive other) {
    long oldest =
        oldestMillis == 0 || other.oldestMillis == 0
            ? Math.max(oldestMillis, other.oldestMillis)
            : Math.min(oldestMillis, other.oldestMillis);
    return new LoopLive(oldest, waitingRemoteFrees + other.waitingRemoteFrees);
  }
}
