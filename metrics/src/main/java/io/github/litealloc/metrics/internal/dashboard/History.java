package io.github.litealloc.metrics.internal.dashboard;

/** The last {@value #CAPACITY} moments, one a second, so that a fresh page is not empty. */
final class History {

  static final int CAPACITY = 300;
  static final long INTERVAL_MILLIS = 1_000;

  private static final Series[] ALL = Series.values();

  private final long[][] ring = new long[CAPACITY][ALL.length];
  private int size;
  private int next;

  void add(Moment moment) {
    for (Series series : ALL) {
      ring[next][series.ordinal()] = series.read(moment);
    }
    next = (next + 1) % CAPACITY;
    size = Math.min(size + 1, CAPACITY);
  }

  int size() {
    return size;
  }

  /** Returns a value; index 0 is the oldest. */
  long get(Series series, int index) {
    return ring[(next - size + index + CAPACITY) % CAPACITY][series.ordinal()];
  }

  /** Returns by how much a counter has grown since the oldest moment within the window. */
  long increase(Series counter, Moment now, long windowMillis) {
    int oldest = oldestWithin(now, windowMillis);
    return oldest == size ? 0 : Math.max(0, counter.read(now) - get(counter, oldest));
  }

  /** Returns how much time lies between the oldest moment within the window and now. */
  long span(Moment now, long windowMillis) {
    int oldest = oldestWithin(now, windowMillis);
    return oldest == size ? 0 : now.timeMillis() - get(Series.TIME, oldest);
  }

  private int oldestWithin(Moment now, long windowMillis) {
    int index = 0;
    while (index < size && now.timeMillis() - get(Series.TIME, index) > windowMillis) {
      index++;
    }
    return index;
  }
}
