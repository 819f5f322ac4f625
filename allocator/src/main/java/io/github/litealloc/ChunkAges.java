package io.github.litealloc;

import java.util.Arrays;

/**
 * How long the chunks of an arena have held live blocks, or been empty, by slot. Nothing is stamped
 * when a block is allocated: reading a clock would cost more than the allocation. Instead each
 * chunk counts how often it has become empty, and whoever has a clock has the counts compared now
 * and then. Owner thread only.
 */
final class ChunkAges {

  private int[] timesEmptied;
  private int[] timesEmptiedWhenNoted;
  private long[] occupiedSinceNanos;
  private boolean[] emptyWhenNoted;
  private long[] emptySinceNanos; // where it was
  private long notedNanos = System.nanoTime();
  private long timesEmptiedBefore; // all of them, up to the last time that each was noted or taken
  private long expiryNowNanos;
  private long expiryNanos;

  ChunkAges(int capacity) {
    timesEmptied = new int[capacity];
    timesEmptiedWhenNoted = new int[capacity];
    occupiedSinceNanos = new long[capacity];
    emptyWhenNoted = new boolean[capacity];
    emptySinceNanos = new long[capacity];
  }

  void grow(int capacity) {
    timesEmptied = Arrays.copyOf(timesEmptied, capacity);
    timesEmptiedWhenNoted = Arrays.copyOf(timesEmptiedWhenNoted, capacity);
    occupiedSinceNanos = Arrays.copyOf(occupiedSinceNanos, capacity);
    emptyWhenNoted = Arrays.copyOf(emptyWhenNoted, capacity);
    emptySinceNanos = Arrays.copyOf(emptySinceNanos, capacity);
  }

  /** A chunk has just been taken. */
  void taken(int slot) {
    noteTimesEmptied(slot);
    occupiedSinceNanos[slot] = System.nanoTime();
    emptyWhenNoted[slot] = false;
  }

  /** A chunk has become empty so many times more. */
  void emptied(int slot, int times) {
    timesEmptied[slot] += times;
  }

  /** Notes whether a chunk has been empty since the last time; to be called for each of them. */
  void note(int slot, boolean isEmpty, long nowNanos) {
    noteAge(slot, isEmpty, nowNanos);
    emptyWhenNoted[slot] = isEmpty;
  }

  /** The same for one who only looks: what the owner keeps still counts as used then. */
  void noteAge(int slot, boolean isEmpty, long nowNanos) {
    boolean wasUsed = timesEmptied[slot] != timesEmptiedWhenNoted[slot];
    if (isEmpty && (wasUsed || !emptyWhenNoted[slot])) {
      // Now at the latest; the latest is assumed, so that none is empty for less than we say.
      emptySinceNanos[slot] = nowNanos;
    }
    if (isEmpty) {
      occupiedSinceNanos[slot] = nowNanos;
    } else if (wasUsed) {
      // At some time since; the earliest is assumed, so that no block is older than we say.
      occupiedSinceNanos[slot] = Math.max(occupiedSinceNanos[slot], notedNanos);
    }
    noteTimesEmptied(slot);
  }

  private void noteTimesEmptied(int slot) {
    timesEmptiedBefore += timesEmptied[slot] - timesEmptiedWhenNoted[slot];
    timesEmptiedWhenNoted[slot] = timesEmptied[slot];
  }

  /** How often chunks have become empty, as far as that was noted. */
  long timesEmptied() {
    return timesEmptiedBefore;
  }

  /**
   * Which chunks were empty when they were noted last, and were there already: what is in those now
   * may be what the owner keeps, which it frees before it notes them. Replaced when it grows.
   */
  boolean[] emptyWhenNoted() {
    return emptyWhenNoted;
  }

  /** All chunks have been noted. */
  void noted(long nowNanos) {
    notedNanos = nowNanos;
  }

  /** A lower bound of how long a chunk has been empty that is so now, and was just noted. */
  long emptyNanos(int slot, long nowNanos) {
    return nowNanos - emptySinceNanos[slot];
  }

  /** Sets what {@link #isExpired} asks for. */
  void startExpiry(long nowNanos, long decayNanos) {
    expiryNowNanos = nowNanos;
    expiryNanos = decayNanos;
  }

  /** Whether a chunk that is empty now has been for the decay time. */
  boolean isExpired(int slot) {
    return emptyNanos(slot, expiryNowNanos) >= expiryNanos;
  }

  /** An upper bound of the age of the oldest live block in a chunk that has one. */
  long oldestLiveNanos(int slot, long nowNanos) {
    return Math.max(0, nowNanos - occupiedSinceNanos[slot]);
  }
}
