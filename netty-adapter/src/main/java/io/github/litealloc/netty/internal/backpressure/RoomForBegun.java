package io.github.litealloc.netty.internal.backpressure;

/**
 * Room for the rest of what peers will ask for that have just begun to: their next requests are
 * under way, while others wait for the same room. One gate, one thread.
 */
final class RoomForBegun {

  /** Longer than the next read of a peer takes that has sent it. */
  private static final int TICKS = 3;

  private long bytes;
  private long end; // a tick

  void add(long moreBytes, long tick) {
    if (moreBytes > 0) {
      bytes = bytes(tick) + moreBytes;
      end = tick + TICKS;
    }
  }

  long bytes(long tick) {
    return tick < end ? bytes : 0;
  }
}
