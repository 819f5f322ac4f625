package io.github.litealloc.benchmarks.compare;

import java.util.Locale;

/** Whether a target is kept. */
enum Verdict {
  /** The whole interval is within the target. */
  MET,
  /** The whole interval is above the target. */
  MISSED,
  /** The target lies in the interval, or there is none. */
  UNDECIDED;

  /** Returns the name for a reader. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
