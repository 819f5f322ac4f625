package io.github.litealloc;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Whether an arena is to give back what is empty, because another one on its budget was refused
 * memory. Other threads ask; the owner looks when it has time, and never on the hot path.
 */
final class GivingWay {

  /** How long an owner that had nothing to give is left alone: what it keeps is of use to it. */
  private static final long FUTILE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private static final long NEVER = -1;

  private final ArenaStatistics statistics;
  private final long floorBytes;
  private final Runnable wakeUp;
  private final LongSupplier nanoTime;
  private volatile boolean isAsked;
  private volatile boolean isTold;

  // When the owner was asked last. Written by the owner.
  private volatile long releasesBefore = NEVER;
  private volatile long begunNanos;

  /**
   * Nobody has asked.
   *
   * @param floorBytes what the arena may keep
   * @param wakeUp has the owner trim to that soon
   */
  GivingWay(ArenaStatistics statistics, long floorBytes, Runnable wakeUp) {
    this(statistics, floorBytes, wakeUp, System::nanoTime);
  }

  /** With another clock, for tests. */
  GivingWay(ArenaStatistics statistics, long floorBytes, Runnable wakeUp, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.statistics = statistics;
    this.floorBytes = floorBytes;
    this.wakeUp = wakeUp;
  }

  /**
   * Asks, if the arena has more than its floor. Any thread.
   *
   * @return whether it was not asked before
   */
  boolean ask() {
    if (isAsked || statistics.reservedBytes() <= floorBytes || wasFutile()) {
      return false;
    }
    isAsked = true;
    return true;
  }

  /** Whether nothing has come of it the last time, a moment ago. */
  private boolean wasFutile() {
    return statistics.chunkReleases() == releasesBefore
        && nanoTime.getAsLong() - begunNanos < FUTILE_NANOS;
  }

  /** Tells an owner that may be asleep, once, if there seems to be something empty. Any thread. */
  void tellOwner() {
    if (isAsked && !isTold && hasSomethingToGive()) {
      isTold = true;
      wakeUp.run();
    }
  }

  private boolean hasSomethingToGive() {
    return statistics.pinnedBytes() < statistics.reservedBytes() || statistics.cachedBytes() > 0;
  }

  boolean isAsked() {
    return isAsked;
  }

  /** The owner is about to give back. */
  void begin() {
    if (isAsked) {
      // Before anything goes back: who asks from now on may be too late for this time.
      releasesBefore = statistics.chunkReleases();
      begunNanos = nanoTime.getAsLong();
      isTold = false;
      isAsked = false;
    }
  }
}
