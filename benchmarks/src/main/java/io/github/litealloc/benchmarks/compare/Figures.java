package io.github.litealloc.benchmarks.compare;

import java.util.List;

/**
 * The figures of one scenario with one candidate, over all its JVMs.
 *
 * @param forks at least one
 */
record Figures(List<ForkResult> forks) {

  /** Copies the list. */
  Figures {
    forks = List.copyOf(forks);
    if (forks.isEmpty()) {
      throw new IllegalArgumentException("forks: none (expected: at least 1)");
    }
  }

  /** Returns the median of the forks, which one disturbed fork cannot move far. */
  double nanosPerOp() {
    return median(forks.stream().mapToDouble(ForkResult::nanosPerOp).sorted().toArray());
  }

  double fastestFork() {
    return forks.stream().mapToDouble(ForkResult::nanosPerOp).min().orElseThrow();
  }

  double slowestFork() {
    return forks.stream().mapToDouble(ForkResult::nanosPerOp).max().orElseThrow();
  }

  double garbageBytesPerOp() {
    return median(forks.stream().mapToDouble(ForkResult::garbageBytesPerOp).sorted().toArray());
  }

  long peakReservedBytes() {
    return forks.stream().mapToLong(ForkResult::peakReservedBytes).max().orElseThrow();
  }

  double fallbackShare() {
    return forks.stream().mapToDouble(ForkResult::fallbackShare).max().orElseThrow();
  }

  /** Returns how many times the time of another candidate this one takes; below 1 is faster. */
  double ratioTo(Figures other) {
    return nanosPerOp() / other.nanosPerOp();
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
