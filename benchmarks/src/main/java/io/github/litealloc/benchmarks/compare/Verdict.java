package io.github.litealloc.benchmarks.compare;

import java.util.Locale;

/** Whether a budget is kept. */
enum Verdict {
  /** The whole interval is within the budget. */
  MET,
  /** The whole interval is above the budget. */
  MISSED,
  /** The budget lies in the interval, or there is none. */
  UNDECIDED;

  /** Returns the name for a reader. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
