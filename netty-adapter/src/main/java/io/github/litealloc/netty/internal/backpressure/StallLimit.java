package io.github.litealloc.netty.internal.backpressure;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * For how long a peer may take nothing of its output while others wait for the memory, and how many
 * were ended for that. Any thread.
 */
public final class StallLimit {

  /** How often output is looked at. */
  static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final long nanos;
  private final LongAdder ended = new LongAdder();

  /**
   * Makes a limit that has ended nobody yet.
   *
   * @param millis for how long, or 0 for ever
   */
  public StallLimit(long millis) {
    nanos = TimeUnit.MILLISECONDS.toNanos(millis);
  }

  boolean isNone() {
    return nanos == 0;
  }

  long millis() {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  boolean isExceeded(long stalledNanos) {
    return nanos > 0 && stalledNanos >= nanos;
  }

  void noteEnded(int channels) {
    ended.add(channels);
  }

  /** {@return how many channels were closed so far} */
  public long ended() {
    return ended.sum();
  }
}
