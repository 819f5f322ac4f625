package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.Candidate;
import java.util.Locale;

/**
 * What a budget says of one candidate.
 *
 * @param budget what is allowed
 * @param peer whose time it turned out to be about
 * @param ratio times the time of that peer
 */
record BudgetCheck(Budget budget, Candidate peer, Ratio ratio) {

  Verdict verdict() {
    if (!ratio.hasInterval()) {
      return Verdict.UNDECIDED;
    }
    if (ratio.high() <= budget.limit()) {
      return Verdict.MET;
    }
    return ratio.low() > budget.limit() ? Verdict.MISSED : Verdict.UNDECIDED;
  }

  /** Returns how many times the budget the ratio is; above 1 is too much. */
  double timesBudget() {
    return ratio.value() / budget.limit();
  }

  /** Returns the verdict for a reader; of a missed budget, by how much. */
  String outcome() {
    return verdict() == Verdict.MISSED
        ? String.format(Locale.ROOT, "missed, %.2f x the budget", timesBudget())
        : verdict().toString();
  }
}
