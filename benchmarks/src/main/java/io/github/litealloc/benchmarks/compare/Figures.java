package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.Spread;
import java.util.List;

/**
 * The figures of one scenario with one candidate in one setting, over all its JVMs.
 *
 * @param forks at least one, by round
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
    return Spread.of(forks, ForkResult::nanosPerOp).median();
  }

  double fastestFork() {
    return Spread.of(forks, ForkResult::nanosPerOp).min();
  }

  double slowestFork() {
    return Spread.of(forks, ForkResult::nanosPerOp).max();
  }

  double garbageBytesPerOp() {
    return Spread.of(forks, ForkResult::garbageBytesPerOp).median();
  }

  long peakReservedBytes() {
    return forks.stream().mapToLong(ForkResult::peakReservedBytes).max().orElseThrow();
  }

  double fallbackShare() {
    return forks.stream().mapToDouble(ForkResult::fallbackShare).max().orElseThrow();
  }

  /** Returns how many times the time of another candidate this one takes. */
  Ratio ratioTo(Figures other) {
    return Ratio.of(times(), other.times());
  }

  private List<Double> times() {
    return forks.stream().map(ForkResult::nanosPerOp).toList();
  }
}
