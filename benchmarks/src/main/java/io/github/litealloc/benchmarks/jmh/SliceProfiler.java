package io.github.litealloc.benchmarks.jmh;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Reports the mean time of an operation in slices of {@value Slices#MILLIS} ms: the median slice,
 * the 90th percentile and the worst. Only {@link InOrderBenchmark} has slices. For JMH's command
 * line: {@code -prof io.github.litealloc.benchmarks.jmh.SliceProfiler}.
 */
public final class SliceProfiler implements InternalProfiler {

  /** The slice in the middle. */
  public static final String MEDIAN = "slices.median";

  /** A tenth of the slices is slower. */
  public static final String P90 = "slices.p90";

  /** The slowest slice. */
  public static final String WORST = "slices.worst";

  /** Made by JMH. */
  public SliceProfiler() {}

  @Override
  public String getDescription() {
    return "Mean time of an operation in slices of " + Slices.MILLIS + " ms";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    // The benchmark begins its slices itself.
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    List<Double> slices = new ArrayList<>(Slices.nanosPerOp());
    if (slices.isEmpty()) {
      return List.of();
    }
    Collections.sort(slices);
    return List.of(
        figure(MEDIAN, percentile(slices, 0.5), AggregationPolicy.AVG),
        figure(P90, percentile(slices, 0.9), AggregationPolicy.AVG),
        figure(WORST, percentile(slices, 1), AggregationPolicy.MAX));
  }

  /** Returns the smallest value that is not below the given share of all. */
  static double percentile(List<Double> sorted, double share) {
    int rank = (int) Math.ceil(share * sorted.size());
    return sorted.get(Math.max(rank, 1) - 1);
  }

  private static ScalarResult figure(String name, double nanos, AggregationPolicy policy) {
    return new ScalarResult(name, nanos, "ns/op", policy);
  }
}
