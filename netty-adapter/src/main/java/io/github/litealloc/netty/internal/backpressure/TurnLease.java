package io.github.litealloc.netty.internal.backpressure;

import org.jspecify.annotations.Nullable;

/**
 * Which of the gates on one budget may pass a turn. For a limited time: an event loop that is kept
 * from its work must not stop the others. Any thread.
 */
public final class TurnLease {

  private @Nullable Object holder;
  private long endNanos;

  /** Makes a lease that nobody holds. */
  public TurnLease() {}

  /** Whether the lease was free, had run out, or is the same holder's. */
  synchronized boolean tryTake(Object taker, long nowNanos, long nanos) {
    if (holder != null && holder != taker && endNanos - nowNanos > 0) {
      return false;
    }
    holder = taker;
    endNanos = nowNanos + nanos;
    return true;
  }

  synchronized void giveBack(Object giver) {
    if (holder == giver) {
      holder = null;
    }
  }
}
