package io.github.litealloc.benchmarks.compare;

import java.util.Locale;

/**
 * What a budget says of one candidate.
 *
 * @param limit how many times the time of the best peer is allowed
 * @param peer which one that turned out to be
 * @param ratio times the time of that peer
 */
record BudgetCheck(double limit, Contender peer, Ratio ratio) {

  Verdict verdict() {
    if (!ratio.hasInterval()) {
      return Verdict.UNDECIDED;
    }
    if (ratio.high() <= limit) {
      return Verdict.MET;
    }
    return ratio.low() > limit ? Verdict.MISSED : Verdict.UNDECIDED;
  }

  /** Returns how many times the budget the ratio is; above 1 is too much. */
  double timesBudget() {
    return ratio.value() / limit;
  }

  /** Returns the verdict for a reader; of a missed budget, by how much. */
  String outcome() {
    return switch (verdict()) {
      case MISSED -> String.format(Locale.ROOT, "missed, %.2f x the budget", timesBudget());
      case UNDECIDED -> ratio.hasInterval() ? "undecided" : "undecided: one fork";
      case MET -> "met";
    };
  }
}
