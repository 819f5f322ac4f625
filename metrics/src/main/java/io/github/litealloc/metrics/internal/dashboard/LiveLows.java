package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.ArenaFigure;
import java.util.Arrays;

/**
 * How few buffers of each allocator were live, in windows of the past. All its memory is taken at
 * the start. Not thread-safe.
 */
final class LiveLows {
  /*
   * A ring of steps, each a thirtieth of a window (or one moment, where that is longer), of which only
   * the lowest number is kept.
   */

  /** Stands for a window of which not all was seen. */
  static final long UNKNOWN = -1;

  /** The earliest window that can be asked for ended so many windows ago. */
  static final int MAX_WINDOWS_AGO = 4;

  private static final int STEPS_PER_WINDOW = 30;
  private static final int CAPACITY = (MAX_WINDOWS_AGO + 2) * STEPS_PER_WINDOW;

  private final long windowMillis;
  private final long stepMillis;
  private final long[] starts = new long[CAPACITY];
  private final long[][] lows;
  private int size;
  private int latest = -1;
  private long nowMillis;

  /** Nothing was seen yet of so many allocators. */
  LiveLows(int allocators, long windowMillis) {
    this.windowMillis = windowMillis;
    this.stepMillis = windowMillis / STEPS_PER_WINDOW;
    lows = new long[CAPACITY][allocators];
  }

  void add(Moment moment) {
    nowMillis = moment.elapsedMillis();
    if (size == 0 || nowMillis - starts[latest] >= stepMillis) {
      latest = (latest + 1) % CAPACITY;
      size = Math.min(size + 1, CAPACITY);
      starts[latest] = nowMillis;
      Arrays.fill(lows[latest], Long.MAX_VALUE);
    }
    for (int i = 0; i < moment.allocators().size(); i++) {
      long live = moment.allocators().get(i).figures().total().get(ArenaFigure.LIVE_BLOCKS);
      lows[latest][i] = Math.min(lows[latest][i], live);
    }
  }

  /**
   * Returns the lowest number of live buffers within one window.
   *
   * @param allocator which one
   * @param windowsAgo when the window ended: 0 for now, 1 for a window's length ago
   * @return buffers, or {@link #UNKNOWN}
   */
  long low(int allocator, int windowsAgo) {
    long to = nowMillis - windowsAgo * windowMillis;
    long from = to - windowMillis;
    long low = Long.MAX_VALUE;
    boolean sawItsBegin = false;
    for (int i = 0; i < size; i++) {
      if (starts[i] <= from) {
        sawItsBegin = true;
      } else if (starts[i] <= to) {
        low = Math.min(low, lows[i][allocator]);
      }
    }
    return sawItsBegin && low != Long.MAX_VALUE ? low : UNKNOWN;
  }
}
