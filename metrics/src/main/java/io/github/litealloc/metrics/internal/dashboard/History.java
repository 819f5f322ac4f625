package io.github.litealloc.metrics.internal.dashboard;

/**
 * The last {@value #CAPACITY} moments, one a second, so that a fresh page is not empty. All its
 * memory is taken at the start.
 */
final class History {

  static final int CAPACITY = 300;
  static final long INTERVAL_MILLIS = 1_000;

  private static final Series[] ALL = Series.values();
  private static final Counters[] COUNTERS = Counters.values();

  private final long[][] ring = new long[CAPACITY][ALL.length];

  /** By moment, and then by allocator and counter. */
  private final long[][] counters;

  private int size;
  private int next;

  /** An empty history of so many allocators. */
  History(int allocators) {
    counters = new long[CAPACITY][allocators * COUNTERS.length];
  }

  void add(Moment moment) {
    for (Series series : ALL) {
      ring[next][series.ordinal()] = series.read(moment);
    }
    for (int i = 0; i < moment.allocators().size(); i++) {
      for (Counters counter : COUNTERS) {
        counters[next][i * COUNTERS.length + counter.ordinal()] =
            counter.read(moment.allocators().get(i));
      }
    }
    next = (next + 1) % CAPACITY;
    size = Math.min(size + 1, CAPACITY);
  }

  int size() {
    return size;
  }

  /** Returns a value; index 0 is the oldest. */
  long get(Series series, int index) {
    return ring[place(index)][series.ordinal()];
  }

  private int place(int index) {
    return (next - size + index + CAPACITY) % CAPACITY;
  }

  /** Returns by how much an allocator's counter has grown since the oldest moment of the window. */
  long increase(Counters counter, int allocator, Moment now, long windowMillis) {
    int oldest = oldestWithin(now, windowMillis);
    if (oldest == size) {
      return 0;
    }
    long before = counters[place(oldest)][allocator * COUNTERS.length + counter.ordinal()];
    return Math.max(0, counter.read(now.allocators().get(allocator)) - before);
  }

  /** Returns how much time lies between the oldest moment within the window and now. */
  long span(Moment now, long windowMillis) {
    int oldest = oldestWithin(now, windowMillis);
    return oldest == size ? 0 : now.elapsedMillis() - get(Series.ELAPSED, oldest);
  }

  private int oldestWithin(Moment now, long windowMillis) {
    int index = 0;
    while (index < size && now.elapsedMillis() - get(Series.ELAPSED, index) > windowMillis) {
      index++;
    }
    return index;
  }
}
