package io.github.litealloc.benchmarks.e2e;

import java.util.function.ToDoubleFunction;

/** What candidates are compared by. */
enum Figure {
  REQUESTS("requestsPerSecond", "requests/s", 1, true, RunResult::requestsPerSecond),
  P50("p50Nanos", "p50, ms", 1e-6, false, result -> result.load().p50Nanos()),
  P99("p99Nanos", "p99, ms", 1e-6, false, result -> result.load().p99Nanos()),
  P999("p999Nanos", "p99.9, ms", 1e-6, false, result -> result.load().p999Nanos()),
  CPU("cpuNanosPerRequest", "cpu/request, us", 1e-3, false, RunResult::cpuNanosPerRequest),
  YOUNG(
      "youngCollections",
      "young collections",
      1,
      false,
      result -> result.server().youngCollections()),
  RESIDENT_PEAK(
      "peakResident", "resident peak, MiB", 1.0 / (1 << 20), false, RunResult::peakResident),
  RESIDENT_END(
      "residentAtEnd", "resident end, MiB", 1.0 / (1 << 20), false, RunResult::residentAtEnd),
  RESERVED_PEAK(
      "peakReserved",
      "reserved peak, MiB",
      1.0 / (1 << 20),
      false,
      result -> result.server().peakReserved()),
  RESERVED_END(
      "reservedAtEnd", "reserved end, MiB", 1.0 / (1 << 20), false, RunResult::reservedAtEnd);

  private final String id;
  private final String label;
  private final double factor;
  private final boolean isMoreBetter;
  private final ToDoubleFunction<RunResult> of;

  Figure(
      String id,
      String label,
      double factor,
      boolean isMoreBetter,
      ToDoubleFunction<RunResult> of) {
    this.id = id;
    this.label = label;
    this.factor = factor;
    this.isMoreBetter = isMoreBetter;
    this.of = of;
  }

  /** Returns the name in JSON. */
  String id() {
    return id;
  }

  /** Returns the name for a reader, with the unit. */
  String label() {
    return label;
  }

  /** Returns the name without a unit. */
  String shortLabel() {
    int comma = label.indexOf(',');
    return comma < 0 ? label : label.substring(0, comma);
  }

  /** Returns how many of the label's units one of {@link #of} is. */
  double factor() {
    return factor;
  }

  boolean isMoreBetter() {
    return isMoreBetter;
  }

  /** Returns the figure in nanoseconds, bytes or as it is; negative if it is unknown. */
  double of(RunResult result) {
    return of.applyAsDouble(result);
  }
}
