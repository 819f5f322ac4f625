package io.github.litealloc.benchmarks.e2e;

/**
 * The figures of one server under one load.
 *
 * @param load what the load has seen
 * @param server what the server says
 */
record RunResult(LoadReport load, ServerReport server) {

  double requestsPerSecond() {
    return load.requests() / load.seconds();
  }

  /** Returns the processor time of the server for an answer; negative if unknown. */
  double cpuNanosPerRequest() {
    return server.cpuNanos() < 0 || server.answered() == 0
        ? -1
        : server.cpuNanos() / (double) server.answered();
  }

  /** Returns the largest growth of the resident set; negative if unknown. */
  long peakResident() {
    return server.series().stream().mapToLong(ServerReport.Look::resident).max().orElse(-1);
  }

  /** Returns the growth of the resident set when the load ended; negative if unknown. */
  long residentAtEnd() {
    return last().resident();
  }

  /** Returns what the allocator held when the load ended. */
  long reservedAtEnd() {
    return last().reserved();
  }

  private ServerReport.Look last() {
    return server.series().get(server.series().size() - 1);
  }
}
