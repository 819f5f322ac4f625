package io.github.litealloc.netty;

/**
 * How often an arena above its floor looks for memory to give back.
 *
 * @param intervalMillis how long its timer runs
 * @param silentIntervals after how many intervals without an allocation the chunk store, too, need
 *     not keep anything for this arena
 */
record TrimPace(long intervalMillis, long silentIntervals) {

  /** Often enough for a short decay, and never a burden on a loop. */
  private static final long MIN_INTERVAL_MILLIS = 100;

  private static final long MAX_INTERVAL_MILLIS = 1_000;

  /**
   * The store halves what it keeps ten times in a decay time, but an arena that has just fallen
   * silent needs up to two intervals to notice. With these seven everything is over in time.
   */
  private static final long SILENT_TENTHS = 7;

  static TrimPace of(long decayMillis) {
    if (decayMillis <= 0) {
      return new TrimPace(MAX_INTERVAL_MILLIS, SILENT_TENTHS); // the store has nothing to decay
    }
    long tenth = decayMillis / 10;
    long interval = Math.min(Math.max(tenth, MIN_INTERVAL_MILLIS), MAX_INTERVAL_MILLIS);
    return new TrimPace(interval, Math.max(1, tenth * SILENT_TENTHS / interval));
  }
}
