package io.github.litealloc.benchmarks.e2e;

/**
 * What a load has seen.
 *
 * @param requests that were answered as they should, but for those of slow readers
 * @param seconds that it took
 * @param p50Nanos half of the answers took longer; negative if it is not known, as the next two
 * @param p99Nanos one answer in a hundred took longer
 * @param p999Nanos one answer in a thousand took longer
 * @param slowRequests answers that slow readers had
 * @param failures requests without an answer or with a wrong one
 * @param firstFailure the first of them, or empty
 */
record LoadReport(
    long requests,
    double seconds,
    double p50Nanos,
    double p99Nanos,
    double p999Nanos,
    long slowRequests,
    long failures,
    String firstFailure) {

  static final double UNKNOWN = -1;

  /** Makes percentiles of nothing unknown. */
  LoadReport {
    if (requests <= 0) {
      p50Nanos = UNKNOWN;
      p99Nanos = UNKNOWN;
      p999Nanos = UNKNOWN;
    }
  }

  /** Reads what the built-in load says. */
  static LoadReport of(Answers answers) {
    return new LoadReport(
        answers.number("requests"),
        answers.decimal("seconds"),
        answers.number("p50Nanos"),
        answers.number("p99Nanos"),
        answers.number("p999Nanos"),
        answers.number("slowRequests"),
        answers.number("failures"),
        answers.text("firstFailure"));
  }
}
