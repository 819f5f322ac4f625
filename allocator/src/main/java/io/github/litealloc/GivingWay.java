package io.github.litealloc;

/**
 * Whether an arena is to give back what is empty, because another one on its budget was refused
 * memory. Other threads ask; the owner looks when it has time, and never on the hot path.
 */
final class GivingWay {

  private final ArenaStatistics statistics;
  private final long floorBytes;
  private final Runnable wakeUp;
  private volatile boolean isAsked;
  private volatile boolean isTold;

  /**
   * Nobody has asked.
   *
   * @param floorBytes what the arena may keep
   * @param wakeUp has the owner trim to that soon
   */
  GivingWay(ArenaStatistics statistics, long floorBytes, Runnable wakeUp) {
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
    if (isAsked || statistics.reservedBytes() <= floorBytes) {
      return false;
    }
    isAsked = true;
    return true;
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
      isTold = false;
      isAsked = false;
    }
  }
}
