package io.github.litealloc.netty.internal.backpressure;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Room for the rest of what peers will ask for that have just begun to, on any event loop: their
 * next requests are under way, while others wait for the same room. Any thread.
 */
final class RoomForBegun {

  /** Longer than the next read of a peer takes that has sent it. */
  private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(60);

  private record Begun(long bytes, long endNanos) {}

  /** By peer, in the order of their ends. Guarded by this. */
  private final Map<Object, Begun> peers = new LinkedHashMap<>();

  /** Written under the monitor. */
  private volatile long bytes;

  /** Keeps room for a peer, a while from now, in place of what was kept for it. */
  synchronized void keep(Object peer, long moreBytes, long nowNanos) {
    forget(peer);
    bytes(nowNanos);
    if (moreBytes > 0) {
      peers.put(peer, new Begun(moreBytes, nowNanos + NANOS));
      bytes += moreBytes;
    }
  }

  /** It has asked for the next, or for nothing more, or is gone. */
  void forget(Object peer) {
    if (bytes != 0) { // mostly there are none: this comes with each read
      forgetKept(peer);
    }
  }

  private synchronized void forgetKept(Object peer) {
    Begun begun = peers.remove(peer);
    if (begun != null) {
      bytes -= begun.bytes();
    }
  }

  /** Returns the room that is kept now. */
  long bytes(long nowNanos) {
    return bytes == 0 ? 0 : bytesWithoutEnded(nowNanos);
  }

  private synchronized long bytesWithoutEnded(long nowNanos) {
    Iterator<Begun> first = peers.values().iterator();
    while (first.hasNext()) {
      Begun begun = first.next();
      if (begun.endNanos() - nowNanos > 0) {
        break;
      }
      first.remove();
      bytes -= begun.bytes();
    }
    return bytes;
  }
}
