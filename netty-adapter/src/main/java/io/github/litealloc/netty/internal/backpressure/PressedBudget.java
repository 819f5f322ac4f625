package io.github.litealloc.netty.internal.backpressure;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemoryPressure;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What the gates on one budget share: its marks, what a read costs at the moment, how much of the
 * growth comes from reads, what reads were promised, what is just being read, the room for those
 * that have begun to ask, the last try in vain, and which gate may pass a turn. Any thread.
 */
public final class PressedBudget {
  /*
   * Decided by the bytes that are held, never by the budget's level: that may be critical because
   * the system has refused memory which is somebody else's, and then a pause would free nothing.
   */

  /** What a read is taken to cost as long as none was seen to cost anything: what it brings in. */
  static final long LEAST_COST_BYTES = 64 * 1024;

  /** Costs are forgotten by halves: what is asked for at noon says little about the evening. */
  private static final long HALF_LIFE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Two ticks of a gate. */
  private static final long PROMISE_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

  /** A tick of a gate. */
  private static final long LOST_TRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** So that the ticks of all other gates come first. */
  private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final long maxBytes;
  private final long highBytes;
  private final long criticalBytes;
  private final long recoveredBytes;

  private final StallLimit stallLimit;

  private final RoomForReads reads = new RoomForReads();
  private final RoomForBegun begun = new RoomForBegun();

  /** What each of the gates does when channels wait for what may be stalled. */
  private final Set<Runnable> gates = ConcurrentHashMap.newKeySet();

  /** By the owners of memory, weakly: the budget may outlive them. Guarded by this. */
  private final Map<Object, LongAdder> grownByReads = new WeakHashMap<>();

  /** By the owners of memory, weakly. Guarded by this. */
  private final Map<Object, BeforeTurn> beforeTurns = new WeakHashMap<>();

  /**
   * How much of an owner's memory was used before the last turn without room, and whose that was.
   */
  private static final class BeforeTurn {
    final WeakReference<Object> gate;
    final long usedBytes;

    BeforeTurn(Object gate, long usedBytes) {
      this.gate = new WeakReference<>(gate);
      this.usedBytes = usedBytes;
    }
  }

  /** The largest number lately. */
  private static final class Recent {
    // Read without the lock: one that is new beside one that is old is wrong for a moment only.
    private volatile long bytes = LEAST_COST_BYTES;
    private volatile long nanos;

    void note(long newBytes, long nowNanos) {
      if (newBytes >= bytes(nowNanos)) {
        bytes = newBytes;
        nanos = nowNanos;
      }
    }

    long bytes(long nowNanos) {
      long halves = Math.max(0, nowNanos - nanos) / HALF_LIFE_NANOS;
      return Math.max(LEAST_COST_BYTES, bytes >> Math.min(62, halves));
    }
  }

  // Guarded by this.
  private @Nullable WeakReference<Object> lastLost;
  private long lastLostNanos;
  private @Nullable WeakReference<Object> lastWithoutRoom;
  private long lastWithoutRoomNanos;
  private @Nullable Object holder;
  private long endNanos;
  private final Recent costs = new Recent();
  private final Recent asked = new Recent();
  private long endedBytes;
  private long endedNanos;
  private long promisedBytes;
  private long promisesEndNanos;

  /**
   * Makes what all gates on a budget share.
   *
   * @param budget only looked at, not kept
   * @param stallLimit for how long peers may take nothing while others wait
   */
  public PressedBudget(MemoryBudget budget, StallLimit stallLimit) {
    this.stallLimit = stallLimit;
    this.maxBytes = budget.maxBytes();
    this.highBytes = percent(MemoryPressure.HIGH_PERCENT);
    this.criticalBytes = percent(MemoryPressure.CRITICAL_PERCENT);
    this.recoveredBytes = percent(MemoryPressure.RECOVERED_PERCENT);
  }

  private long percent(int percent) {
    return Math.max(1, (long) (maxBytes / 100.0 * percent));
  }

  boolean isHigh(long reservedBytes) {
    return reservedBytes >= highBytes;
  }

  boolean isRecovered(long reservedBytes) {
    return reservedBytes < recoveredBytes;
  }

  boolean isCritical(long reservedBytes) {
    return reservedBytes >= criticalBytes;
  }

  /** Whether there is room for some bytes, with a little left for what nobody can foresee. */
  boolean fits(long reservedBytes, long bytes) {
    return bytes <= roomBytes() - reservedBytes;
  }

  /** How many bytes must be set free for that; as many as there are, if it would not fit then. */
  long missingBytes(long reservedBytes, long bytes) {
    return Math.min(bytes, roomBytes()) - (roomBytes() - reservedBytes);
  }

  private long roomBytes() {
    return maxBytes - maxBytes / 32;
  }

  long maxBytes() {
    return maxBytes;
  }

  /** A gate comes, with what it does when channels wait for what may be stalled. */
  void addGate(Runnable endStalled) {
    gates.add(endStalled);
  }

  void removeGate(Runnable endStalled) {
    gates.remove(endStalled);
  }

  int gates() {
    return gates.size();
  }

  StallLimit stallLimit() {
    return stallLimit;
  }

  /**
   * Notes that the end of a channel sets so much free, unless others have made enough of it room at
   * this look, on any event loop.
   */
  synchronized boolean tryEnd(long bytes, long missingBytes, long nowNanos) {
    if (nowNanos - endedNanos >= StallLimit.LOOK_NANOS / 2) {
      endedBytes = 0;
    }
    if (endedBytes >= missingBytes) {
      return false;
    }
    endedNanos = nowNanos;
    endedBytes += bytes;
    return true;
  }

  /** Channels wait at one gate, for what may be stalled at any. */
  void endStalled() {
    gates.forEach(Runnable::run);
  }

  // ---- what reads cost ----

  /** A message that was read has let memory grow. */
  synchronized void noteCost(long bytes, long nowNanos) {
    costs.note(Math.min(bytes, maxBytes / 4 * 3), nowNanos);
  }

  /**
   * The most that a message has cost lately: what must be expected of one nobody knows yet. At most
   * three quarters of the budget, or one larger answer would keep out all that come after it, when
   * all of it is gone, too.
   */
  long costBytes(long nowNanos) {
    return costs.bytes(nowNanos);
  }

  /** A peer that must give credit has asked for so much, with one read after the other. */
  synchronized void noteAsked(long bytes, long nowNanos) {
    asked.note(Math.min(bytes, maxBytes / 4 * 3), nowNanos);
  }

  /** The most that any such peer has asked for lately, at most three quarters of the budget. */
  long askedBytes(long nowNanos) {
    return asked.bytes(nowNanos);
  }

  /**
   * The sum by which an owner's memory has become more, or less, while channels were handed what
   * they had read, on all event loops.
   */
  synchronized LongAdder grownByReads(Object owner) {
    return grownByReads.computeIfAbsent(owner, o -> new LongAdder());
  }

  // ---- what was promised ----

  /** Room for what is being read. */
  RoomForReads reads() {
    return reads;
  }

  /** Room for the rest of what peers will ask for that have begun to. */
  RoomForBegun begun() {
    return begun;
  }

  /**
   * Promises memory below the high mark to a read that is to come. What is there to be read is read
   * soon, so promises end together, a while after the first of them: no event loop that stands
   * still takes the room for long.
   *
   * @return whether there is as much, or nothing else is promised
   */
  synchronized boolean tryPromise(long bytes, long reservedBytes, long nowNanos) {
    if (promisedBytes > 0 && promisesEndNanos - nowNanos <= 0) {
      promisedBytes = 0;
    }
    if (promisedBytes == 0) {
      promisesEndNanos = nowNanos + PROMISE_NANOS;
    } else if (isHigh(reservedBytes + promisedBytes + bytes)) {
      return false;
    }
    promisedBytes += bytes;
    return true;
  }

  // ---- tries without room ----

  /** A try without room has been in vain, and took what was left. */
  synchronized void noteLostTry(Object gate, long nowNanos) {
    lastLost = new WeakReference<>(gate);
    lastLostNanos = nowNanos;
  }

  /**
   * Whether a try without room has just been in vain: on another gate within a tick, or, if there
   * are others, on this one within two, so that others come first. Gates that try at once do not
   * see each other.
   */
  synchronized boolean hasLostTry(Object gate, long nowNanos) {
    WeakReference<Object> last = lastLost;
    if (last == null || last.refersTo(gate) && gates() == 1) {
      return false;
    }
    return nowNanos - lastLostNanos < (last.refersTo(gate) ? 2 : 1) * LOST_TRY_NANOS;
  }

  // ---- turns ----

  /**
   * Takes the right to pass turns, for a limited time: an event loop that is kept from its work
   * must not stop the others.
   *
   * @return whether it was free, had run out, or is the same holder's
   */
  synchronized boolean tryTake(Object taker, long nowNanos, long nanos) {
    if (holder != null && holder != taker && endNanos - nowNanos > 0) {
      return false;
    }
    holder = taker;
    endNanos = nowNanos + nanos;
    return true;
  }

  /** Notes that a gate has had a turn without room, which has set nothing free. */
  synchronized void endWithoutRoom(Object gate, long nowNanos) {
    lastWithoutRoom = new WeakReference<>(gate);
    lastWithoutRoomNanos = nowNanos;
  }

  /**
   * Whether such a turn was less than some time ago. For the gate that had it that is a little more
   * time: the others come first, or a peer that never ends would have each turn.
   */
  synchronized boolean rests(Object gate, long nanos, long nowNanos) {
    WeakReference<Object> last = lastWithoutRoom;
    return last != null
        && nowNanos - lastWithoutRoomNanos < nanos + (last.refersTo(gate) ? AGAIN_NANOS : 0);
  }

  /** Notes how much of an owner's memory is used before a turn without room of a gate. */
  synchronized void beginTurn(Object owner, Object gate, long usedBytes) {
    beforeTurns.put(owner, new BeforeTurn(gate, usedBytes));
  }

  /** Forgets that if it was that gate's. */
  synchronized void forgetTurn(Object owner, Object gate) {
    BeforeTurn before = beforeTurns.get(owner);
    if (before != null && before.gate.refersTo(gate)) {
      beforeTurns.remove(owner);
    }
  }

  /** How much was used before the last turn without room, 0 if there was none. */
  synchronized long usedBeforeTurn(Object owner) {
    BeforeTurn before = beforeTurns.get(owner);
    return before == null ? 0 : before.usedBytes;
  }

  synchronized void giveBack(Object giver) {
    if (holder == giver) {
      holder = null;
    }
  }
}
