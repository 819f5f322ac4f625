package io.github.litealloc.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the benchmarks, too short to say anything about time. */
class BenchmarksTest {

  private static ChainedOptionsBuilder tiny(Class<?> benchmark, Path folder) {
    return new OptionsBuilder()
        .include(benchmark.getName())
        .addProfiler(MemoryProfiler.class)
        .forks(1)
        // The compiler of 17.0.15 has ended its JVM in PathFrequency::to, which is part of this.
        .jvmArgsPrepend("-XX:-UseProfiledLoopPredicate")
        .warmupIterations(1)
        .warmupTime(TimeValue.milliseconds(20))
        .measurementIterations(1)
        .measurementTime(TimeValue.milliseconds(20))
        .shouldFailOnError(true)
        .output(folder.resolve("jmh.log").toString());
  }

  private static double secondary(RunResult result, String name) {
    return Objects.requireNonNull(result.getSecondaryResults().get(name), name).getScore();
  }

  @Test
  void steadyState_hybrid_runsOnAnEventLoopAndInAnArena(@TempDir Path folder)
      throws RunnerException {
    RunResult result =
        new Runner(
                tiny(SteadyStateBenchmark.class, folder)
                    .param("allocator", "hybrid")
                    .param("live", "1024")
                    .param("lifetime", "geometric")
                    .build())
            .runSingle();

    assertThat(result.getPrimaryResult().getScore()).isPositive();
    assertThat(secondary(result, MemoryProfiler.FALLBACK_SHARE)).isZero();
    assertThat(secondary(result, MemoryProfiler.PEAK_RESERVED)).isGreaterThan(1 << 20);
  }

  @Test
  void inOrder_hybrid_reportsItsSlices(@TempDir Path folder) throws RunnerException {
    RunResult result =
        new Runner(
                tiny(InOrderBenchmark.class, folder)
                    .param("allocator", "hybrid")
                    .param("live", "1024")
                    .measurementTime(TimeValue.milliseconds(300))
                    .addProfiler(SliceProfiler.class)
                    .addProfiler(PinProfiler.class)
                    .build())
            .runSingle();

    assertThat(secondary(result, SliceProfiler.MEDIAN)).isPositive();
    assertThat(secondary(result, SliceProfiler.P90))
        .isBetween(secondary(result, SliceProfiler.MEDIAN), secondary(result, SliceProfiler.WORST));
    assertThat(secondary(result, MemoryProfiler.FALLBACK_SHARE)).isZero();
    assertThat(secondary(result, PinProfiler.PROCESSOR))
        .isBetween((double) PinProfiler.NONE, Runtime.getRuntime().availableProcessors() - 1.0);
  }

  @Test
  void allocateRelease_unpooled_reportsItsMemory(@TempDir Path folder) throws RunnerException {
    RunResult result =
        new Runner(
                tiny(AllocateReleaseBenchmark.class, folder)
                    .exclude("\\.cycle$")
                    .param("allocator", "unpooled")
                    .param("size", "256")
                    .build())
            .runSingle();

    assertThat(secondary(result, MemoryProfiler.PEAK_RESERVED)).isEqualTo(256);
    assertThat(secondary(result, MemoryProfiler.FALLBACK_SHARE)).isZero();
  }

  @Test
  void cycle_hybrid_hasSixteenBuffersAtATime(@TempDir Path folder) throws RunnerException {
    RunResult result =
        new Runner(
                tiny(AllocateReleaseBenchmark.class, folder)
                    .exclude("\\.allocateRelease$")
                    .param("allocator", "hybrid")
                    .param("size", "32768")
                    .build())
            .runSingle();

    assertThat(secondary(result, MemoryProfiler.PEAK_RESERVED)).isBetween(16 * 32_768.0, 1e6);
    assertThat(secondary(result, MemoryProfiler.FALLBACK_SHARE)).isZero();
  }

  @Test
  void rawStrategy_freeList_runsEachWorkload(@TempDir Path folder) throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                tiny(RawStrategyBenchmark.class, folder)
                    .param("strategy", "free-list")
                    .param("profile", "shared")
                    .build())
            .run();

    assertThat(results).hasSize(3).allMatch(result -> result.getPrimaryResult().getScore() > 0);
  }

  @Test
  void fragments_bumpFreeList_runs(@TempDir Path folder) throws RunnerException {
    RunResult result =
        new Runner(
                tiny(FragmentsBenchmark.class, folder)
                    .param("strategy", "bump-free-list")
                    .param("fragments", "100")
                    .build())
            .runSingle();

    assertThat(result.getPrimaryResult().getScore()).isPositive();
  }

  @Test
  void adapterBenchmarks_hybrid_serveEverythingFromAnArena(@TempDir Path folder)
      throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                tiny(RemoteReleaseBenchmark.class, folder)
                    .include(GrowthBenchmark.class.getName())
                    .include(DerivedBenchmark.class.getName())
                    .include(AccessBenchmark.class.getName() + ".getLong")
                    .include(AccessBenchmark.class.getName() + ".mixedWidths")
                    .include(AccessBenchmark.class.getName() + ".setBytes")
                    .param("allocator", "hybrid")
                    .param("size", "256")
                    .build())
            .run();

    assertThat(results)
        .hasSize(7)
        .allMatch(result -> result.getPrimaryResult().getScore() > 0)
        .allMatch(result -> secondary(result, MemoryProfiler.FALLBACK_SHARE) == 0);
  }

  @Test
  void sampling_hybrid_runs(@TempDir Path folder) throws RunnerException {
    RunResult result =
        new Runner(tiny(SamplingBenchmark.class, folder).param("sampling", "10").build())
            .runSingle();

    assertThat(result.getPrimaryResult().getScore()).isPositive();
  }

  @Test
  void allocateRelease_notOnAnEventLoop_fails(@TempDir Path folder) {
    Runner withoutFork =
        new Runner(
            tiny(AllocateReleaseBenchmark.class, folder)
                .forks(0)
                .param("allocator", "hybrid")
                .param("size", "256")
                .build());

    assertThatThrownBy(withoutFork::run).isInstanceOf(RunnerException.class);
  }
}
