package io.github.litealloc.netty.internal.backpressure;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemoryPressure;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What the gates on one budget share: its marks, what a read costs at the moment, how much of the
 * growth comes from reads, what reads were promised, and which gate may pass a turn. Any thread.
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

  private final long maxBytes;
  private final long highBytes;
  private final long criticalBytes;
  private final long recoveredBytes;

  private final AtomicInteger gates = new AtomicInteger();
  private final AtomicLong promisedBytes = new AtomicLong();

  /** By the owners of memory, weakly: the budget may outlive them. Guarded by this. */
  private final Map<Object, LongAdder> grownByReads = new WeakHashMap<>();

  /** By the owners of memory, weakly. Guarded by this. */
  private final Map<Object, Long> usedBeforeTurn = new WeakHashMap<>();

  // Guarded by this.
  private @Nullable Object holder;
  private long endNanos;
  private long costBytes = LEAST_COST_BYTES;
  private long costNanos;

  /**
   * Makes what all gates on a budget share.
   *
   * @param budget only looked at, not kept
   */
  public PressedBudget(MemoryBudget budget) {
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
    return bytes <= maxBytes - maxBytes / 32 - reservedBytes;
  }

  long maxBytes() {
    return maxBytes;
  }

  void addGate() {
    gates.incrementAndGet();
  }

  void removeGate() {
    gates.decrementAndGet();
  }

  int gates() {
    return gates.get();
  }

  // ---- what reads cost ----

  /** A message that was read has let memory grow. */
  synchronized void noteCost(long bytes, long nowNanos) {
    if (bytes >= costBytes(nowNanos)) {
      costBytes = bytes;
      costNanos = nowNanos;
    }
  }

  /** The most that a message has cost lately: what must be expected of one nobody knows yet. */
  synchronized long costBytes(long nowNanos) {
    long halves = Math.max(0, nowNanos - costNanos) / HALF_LIFE_NANOS;
    return Math.max(LEAST_COST_BYTES, costBytes >> Math.min(62, halves));
  }

  /**
   * The sum by which an owner's memory has become more, or less, while channels were handed what
   * they had read, on all event loops.
   */
  synchronized LongAdder grownByReads(Object owner) {
    return grownByReads.computeIfAbsent(owner, o -> new LongAdder());
  }

  // ---- what was promised ----

  /** Promises memory to reads that are to come, or takes that back. */
  void promise(long deltaBytes) {
    promisedBytes.addAndGet(deltaBytes);
  }

  long promisedBytes() {
    return promisedBytes.get();
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

  /** Notes how much of an owner's memory is used before a turn without room, or 0. */
  synchronized void usedBeforeTurn(Object owner, long bytes) {
    usedBeforeTurn.put(owner, bytes);
  }

  synchronized long usedBeforeTurn(Object owner) {
    return usedBeforeTurn.getOrDefault(owner, 0L);
  }

  synchronized void giveBack(Object giver) {
    if (holder == giver) {
      holder = null;
    }
  }
}
