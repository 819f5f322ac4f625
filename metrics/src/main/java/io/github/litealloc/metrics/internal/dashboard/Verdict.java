package io.github.litealloc.metrics.internal.dashboard;

import java.util.List;

/**
 * Whether an operator has to do something.
 *
 * @param level how much it matters
 * @param reasons why, the most urgent first; empty if all is well
 */
record Verdict(Level level, List<Reason> reasons) {

  enum Level {
    /** None of our allocators is there, and others tell too little. */
    UNKNOWN,
    /** Nothing needs attention. */
    OK,
    /** Something may go wrong if it goes on like this. */
    WATCH,
    /** Something is wrong by now: somebody is hurt, or a promise is not kept. */
    ACT
  }

  /**
   * One thing that is not well.
   *
   * @param level how much it matters
   * @param text whose, what and how much, in a sentence
   * @param remedy what to do, in a sentence
   * @param alert the alert of the same meaning, which is also the runbook's paragraph
   * @param sinceMillis since when, Unix time in milliseconds
   */
  record Reason(Level level, String text, String remedy, String alert, long sinceMillis) {}
}
