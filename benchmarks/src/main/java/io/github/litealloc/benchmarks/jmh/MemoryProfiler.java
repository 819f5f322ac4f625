package io.github.litealloc.benchmarks.jmh;

import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Reports the direct memory that the measured allocator has reserved at most, and the share of
 * buffers that ours did not serve from an arena. For JMH's command line: {@code -prof
 * io.github.litealloc.benchmarks.jmh.MemoryProfiler}.
 */
public final class MemoryProfiler implements InternalProfiler {

  /** The highest reserved memory since the JVM started, in bytes. */
  public static final String PEAK_RESERVED = "memory.reserved.peak";

  /** Stands for the reserved memory of an allocator that does not tell. */
  public static final long UNKNOWN = -1;

  /** The share of buffers, 0 to 1, that did not come from an arena. */
  public static final String FALLBACK_SHARE = "memory.fallback.share";

  /** Made by JMH. */
  public MemoryProfiler() {}

  @Override
  public String getDescription() {
    return "Direct memory that the measured allocator has reserved";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    // The figures are those of the whole trial.
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    return List.of(
        new ScalarResult(
            PEAK_RESERVED, TrialAllocator.peakReservedBytes(), "B", AggregationPolicy.MAX),
        new ScalarResult(
            FALLBACK_SHARE, TrialAllocator.fallbackShare(), "share", AggregationPolicy.MAX));
  }
}
