package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.Ratio;
import io.github.litealloc.benchmarks.Spread;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

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
    return median(ForkResult::nanosPerOp);
  }

  double fastestFork() {
    return Spread.of(forks, ForkResult::nanosPerOp).min();
  }

  double slowestFork() {
    return Spread.of(forks, ForkResult::nanosPerOp).max();
  }

  double p10NanosPerOp() {
    return median(ForkResult::p10NanosPerOp);
  }

  /** Returns how many rounds the fork with the fewest had. */
  long rounds() {
    return forks.stream().mapToLong(ForkResult::rounds).min().orElseThrow();
  }

  boolean hasTail() {
    return forks.stream().allMatch(fork -> fork.tail() != null);
  }

  /** Returns the time that a tenth of the slices exceeds. */
  double p90NanosPerOp() {
    return median(Figures::p90);
  }

  /** Returns the time in the slowest slice of all forks. */
  double worstNanosPerOp() {
    return Spread.of(forks, fork -> Objects.requireNonNull(fork.tail()).worst()).max();
  }

  double garbageBytesPerOp() {
    return median(ForkResult::garbageBytesPerOp);
  }

  /** Returns the most of all forks; negative if unknown. */
  long peakReservedBytes() {
    return forks.stream().mapToLong(ForkResult::peakReservedBytes).max().orElseThrow();
  }

  double fallbackShare() {
    return forks.stream().mapToDouble(ForkResult::fallbackShare).max().orElseThrow();
  }

  /** Returns how many times the time of another candidate this one takes. */
  Ratio ratioTo(Figures other) {
    return ratioTo(other, ForkResult::nanosPerOp);
  }

  /** Returns the same for the slow slices, where there are slices. */
  Ratio p90RatioTo(Figures other) {
    return ratioTo(other, Figures::p90);
  }

  private Ratio ratioTo(Figures other, ToDoubleFunction<ForkResult> figure) {
    return Ratio.of(values(figure), other.values(figure));
  }

  private double median(ToDoubleFunction<ForkResult> figure) {
    return Spread.of(forks, figure).median();
  }

  private List<Double> values(ToDoubleFunction<ForkResult> figure) {
    return forks.stream().mapToDouble(figure).boxed().toList();
  }

  private static double p90(ForkResult fork) {
    return Objects.requireNonNull(fork.tail()).p90();
  }
}
