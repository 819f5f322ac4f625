package io.github.litealloc.benchmarks;

import java.util.Locale;

/** How long work will still take, as commands tell who waits for it. */
public final class TimeLeft {

  private TimeLeft() {}

  /**
   * Tells how long the rest takes, if it goes on like this.
   *
   * @param elapsedNanos since the beginning
   * @param doneShare what of the work is done, above 0 and at most 1
   * @return the end of a line; empty for less than a second
   */
  public static String afterShare(long elapsedNanos, double doneShare) {
    return ofSeconds(elapsedNanos / 1e9 * (1 / doneShare - 1));
  }

  /**
   * Tells how long the rest takes.
   *
   * @param seconds that are left
   * @return the end of a line; empty for less than a second
   */
  public static String ofSeconds(double seconds) {
    return seconds < 1 ? "" : String.format(Locale.ROOT, "  (at most %,.0f s left)", seconds);
  }
}
