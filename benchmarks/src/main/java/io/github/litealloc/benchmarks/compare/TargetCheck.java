package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.Ratio;
import java.util.Locale;

/**
 * What a target says of one candidate.
 *
 * @param limit how many times the time of the best peer is allowed
 * @param peer which one that turned out to be
 * @param ratio times the time of that peer
 */
record TargetCheck(double limit, Contender peer, Ratio ratio) {

  Verdict verdict() {
    if (!ratio.hasInterval()) {
      return Verdict.UNDECIDED;
    }
    if (ratio.high() <= limit) {
      return Verdict.MET;
    }
    return ratio.low() > limit ? Verdict.MISSED : Verdict.UNDECIDED;
  }

  /** Returns how many times the target the ratio is; above 1 is too much. */
  double timesTarget() {
    return ratio.value() / limit;
  }

  /** Returns the verdict for a reader; of a missed target, by how much. */
  String outcome() {
    return switch (verdict()) {
      case MISSED -> String.format(Locale.ROOT, "missed, %.2f x the target", timesTarget());
      case UNDECIDED -> ratio.hasInterval() ? "undecided" : "undecided: one fork";
      case MET -> "met";
    };
  }
}
