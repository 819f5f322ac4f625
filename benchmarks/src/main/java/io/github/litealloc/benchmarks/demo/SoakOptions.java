package io.github.litealloc.benchmarks.demo;

/**
 * How to soak, checked.
 *
 * @param durationSeconds how long faults are injected
 * @param warmUpSeconds how long before that, until the resident set is first read
 * @param maxBytes the ceiling of the allocator
 * @param connections of the load
 * @param loops event loops of the server, and as many of the load
 * @param bodyBytes the size around which bodies are
 * @param dashboardPort of the page, 0 for a free one
 */
record SoakOptions(
    int durationSeconds,
    int warmUpSeconds,
    long maxBytes,
    int connections,
    int loops,
    int bodyBytes,
    int dashboardPort) {

  static final int DEFAULT_SECONDS = 60 * 60;
  static final int MIN_SECONDS = 5;
  static final long DEFAULT_MAX_BYTES = 64L << 20;

  private static final int FULL_PACE_SECONDS = 120;

  /** Long enough for each fault to have happened, and for the JVM to have compiled what is hot. */
  static final int WARM_UP_SECONDS = 60;

  /** Returns how long to wait between two faults of a kind: less in a short run. */
  long pacedMillis(long millis) {
    return Math.max(100, millis * Math.min(durationSeconds, FULL_PACE_SECONDS) / FULL_PACE_SECONDS);
  }
}
