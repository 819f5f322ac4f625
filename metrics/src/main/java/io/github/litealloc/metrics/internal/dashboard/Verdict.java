package io.github.litealloc.metrics.internal.dashboard;

import java.util.List;

/**
 * Whether an operator has to do something.
 *
 * @param level how much it matters
 * @param reasons why, in sentences, the most urgent first; empty if all is well
 */
record Verdict(Level level, List<String> reasons) {

  enum Level {
    /** Nothing needs attention. */
    OK,
    /** Something may go wrong if it goes on like this. */
    WATCH,
    /** Somebody is hurt already. */
    ACT
  }
}
