package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.jmh.PinProfiler;
import org.jspecify.annotations.Nullable;

/**
 * The figures of one run.
 *
 * @param nanosPerOp time of an operation: that of the fastest round, or of the slice in the middle
 *     where there are slices
 * @param p10NanosPerOp a tenth of the rounds is faster
 * @param rounds how many there were
 * @param tail the slow slices, if the scenario has slices
 * @param garbageBytesPerOp heap bytes allocated for each operation, by all threads of the JVM
 * @param peakReservedBytes the highest direct memory that the allocator held; negative if unknown
 * @param fallbackShare buffers that ours did not serve from an arena, 0 to 1; 0 for others
 * @param processor which one the run was pinned to; negative if to none
 */
record ForkResult(
    double nanosPerOp,
    double p10NanosPerOp,
    long rounds,
    @Nullable Tail tail,
    double garbageBytesPerOp,
    long peakReservedBytes,
    double fallbackShare,
    int processor) {

  /**
   * How slow the slow moments of a run were.
   *
   * @param p90 time of an operation that a tenth of the slices exceeds
   * @param worst time of an operation in the slowest slice
   */
  record Tail(double p90, double worst) {}

  boolean wasPinned() {
    return processor != PinProfiler.NONE;
  }
}
