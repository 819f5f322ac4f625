package io.github.litealloc.netty.internal.backpressure;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Room for the rest of what peers will ask for that have just begun to: their next requests are
 * under way, while others wait for the same room. One gate, one thread.
 */
final class RoomForBegun {

  /** Longer than the next read of a peer takes that has sent it. */
  private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(60);

  private record Begun(Object peer, long bytes, long endNanos) {}

  /** In the order of their ends. */
  private final Deque<Begun> peers = new ArrayDeque<>();

  private long bytes;

  /** Keeps room for a peer, a while from now, in place of what was kept for it. */
  void keep(Object peer, long moreBytes, long nowNanos) {
    forget(peer);
    bytes(nowNanos);
    if (moreBytes > 0) {
      peers.add(new Begun(peer, moreBytes, nowNanos + NANOS));
      bytes += moreBytes;
    }
  }

  /** It has asked for the next, or for nothing more, or is gone. */
  void forget(Object peer) {
    if (peers.isEmpty()) {
      return; // as mostly: this comes with each read
    }
    peers.removeIf(
        begun -> {
          boolean isIt = begun.peer() == peer;
          bytes -= isIt ? begun.bytes() : 0;
          return isIt;
        });
  }

  /** Returns the room that is kept now. */
  long bytes(long nowNanos) {
    while (!peers.isEmpty() && peers.getFirst().endNanos() - nowNanos <= 0) {
      bytes -= peers.removeFirst().bytes();
    }
    return bytes;
  }
}
