package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.LeakDetection;
import java.util.Locale;

/**
 * How many times the time of the best peer ours may take.
 *
 * @param disabled the most that is allowed without leak detection
 * @param simple the same at Netty's default level
 */
record Target(double disabled, double simple) {

  double limit(LeakDetection level) {
    return level == LeakDetection.DISABLED ? disabled : simple;
  }

  /** Returns the target for a reader: {@code <= 0.5 x best peer}. */
  String of(LeakDetection level) {
    return text(number(limit(level)));
  }

  /** Returns the targets of both levels for a reader: {@code <= 0.4 (simple: 0.5) x best peer}. */
  @Override
  public String toString() {
    return text(
        disabled == simple
            ? number(disabled)
            : number(disabled) + " (" + LeakDetection.SIMPLE + ": " + number(simple) + ')');
  }

  private static String text(String limit) {
    return "<= " + limit + " x best peer";
  }

  private static String number(double limit) {
    return limit == Math.rint(limit)
        ? String.valueOf((long) limit)
        : String.format(Locale.ROOT, "%s", limit);
  }
}
