package io.github.litealloc.netty.internal.backpressure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Room for what is just being read, on all event loops: it is not reserved yet, and no other read
 * may count on it. Any thread.
 */
final class RoomForReads {
  /*
   * A gate looks whether there is room, hands a message on, and only by what comes of that memory is
   * reserved. Gates that look meanwhile would count on the same room. So each says what it is about to
   * let in, and hears what the others have said before: of two that do so at once, one sees the other.
   *
   * What is kept ends with the read, or a while after the first of a gate's reads that are within each
   * other: what one has not taken by then, it may never take; its event loop may stand still, or have
   * had no stack left to say that it is over.
   */

  /** Longer than a read takes, also if its thread has to wait for a processor. */
  static final long NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** What one gate is about to let in: one read at a time, or some within each other. */
  static final class OfGate {
    // Guarded by the room's monitor.
    private long bytes;
    private long endNanos;
    private boolean left;
  }

  private final List<OfGate> gates = new ArrayList<>(); // guarded by this

  /** Written under the monitor. */
  private volatile long bytes;

  /** No gate's ends before that. Guarded by this. */
  private long firstEndNanos;

  synchronized OfGate enter() {
    OfGate gate = new OfGate();
    gates.add(gate);
    return gate;
  }

  /** A gate has ended, perhaps in the middle of a read. */
  synchronized void leave(OfGate gate) {
    gates.remove(gate);
    take(gate, gate.bytes);
    gate.left = true;
  }

  /**
   * Keeps room for a read that is about to begin.
   *
   * @return what was kept before, for all gates
   */
  synchronized long begin(OfGate gate, long moreBytes, long nowNanos) {
    long before = bytes(nowNanos);
    if (gate.left) {
      return before;
    }
    if (before == 0) {
      firstEndNanos = nowNanos + NANOS;
    }
    if (gate.bytes == 0) {
      gate.endNanos = nowNanos + NANOS;
    }
    gate.bytes += moreBytes;
    bytes = before + moreBytes;
    return before;
  }

  /** Such a read is over. */
  synchronized void end(OfGate gate, long lessBytes) {
    take(gate, Math.min(lessBytes, gate.bytes)); // less if it was taken back meanwhile
  }

  private synchronized void take(OfGate gate, long lessBytes) {
    gate.bytes -= lessBytes;
    bytes -= lessBytes;
  }

  /** Returns the room that is kept now, for all gates. */
  long bytes(long nowNanos) {
    return bytes == 0 ? 0 : bytesWithoutEnded(nowNanos);
  }

  private synchronized long bytesWithoutEnded(long nowNanos) {
    if (nowNanos - firstEndNanos >= 0) {
      firstEndNanos = nowNanos + NANOS;
      for (OfGate gate : gates) {
        if (gate.bytes > 0 && gate.endNanos - nowNanos <= 0) {
          take(gate, gate.bytes);
        } else if (gate.bytes > 0 && gate.endNanos - firstEndNanos < 0) {
          firstEndNanos = gate.endNanos;
        }
      }
    }
    return bytes;
  }
}
