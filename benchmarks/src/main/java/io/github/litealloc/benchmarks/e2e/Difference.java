package io.github.litealloc.benchmarks.e2e;

import io.github.litealloc.benchmarks.Ratio;

/**
 * One figure of a candidate beside that of another one.
 *
 * @param figure which
 * @param ratio the candidate's, times the other one's in the same rounds
 */
record Difference(Figure figure, Ratio ratio) {

  /** What rounds say. */
  enum Verdict {
    /** The whole interval is on the good side. */
    BETTER,
    /** The whole interval is on the bad side. */
    WORSE,
    /** Rounds differ as much as candidates do. */
    NOISE,
    /** There was one round only, so that nobody knows the noise. */
    UNKNOWN
  }

  Verdict verdict() {
    if (!ratio.hasInterval()) {
      return Verdict.UNKNOWN;
    }
    if (ratio.low() <= 1 && ratio.high() >= 1) {
      return Verdict.NOISE;
    }
    return ratio.low() > 1 == figure.isMoreBetter() ? Verdict.BETTER : Verdict.WORSE;
  }
}
