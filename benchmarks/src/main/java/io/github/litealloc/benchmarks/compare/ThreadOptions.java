package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.EnumConverter;
import io.github.litealloc.benchmarks.Jdk;
import io.github.litealloc.benchmarks.Options;
import io.github.litealloc.benchmarks.ThreadKind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** On how many threads a comparison measures, and of which kind. */
final class ThreadOptions {

  private static final int MAX_THREADS = 64;

  @Option(
      names = "--loops",
      paramLabel = "N",
      split = ",",
      description =
          "Measure on so many event loops at a time, which all do the same; several numbers measure"
              + " each scenario once for each. For the scenarios that allocate and release, the"
              + " cycles, the steady states and recordings. Without this option there is one event"
              + " loop, the one that measures. With --e2e: one number, of the event loops of each"
              + " server and of the built-in load (default: one for each core).")
  private @Nullable List<Integer> loops;

  @Option(
      names = "--thread-kind",
      paramLabel = "KIND",
      converter = ThreadKindConverter.class,
      description =
          "The same on other threads: platform or virtual (from Java 21 on), or loop, as --loops.")
  private @Nullable ThreadKind threadKind;

  @Option(
      names = "--threads",
      paramLabel = "N",
      split = ",",
      description = "How many of them (default: 1; with this alone, they are event loops).")
  private @Nullable List<Integer> threads;

  private static final class ThreadKindConverter extends EnumConverter<ThreadKind> {
    ThreadKindConverter() {
      super(ThreadKind.class);
    }
  }

  /** Made by picocli. */
  ThreadOptions() {}

  /** Returns what was asked for as event loops, or nothing. */
  List<Integer> loops() {
    return loops == null ? List.of() : loops;
  }

  /**
   * Returns what is measured of a scenario.
   *
   * @param check to refuse what cannot be
   * @param scenario on the benchmark's own event loop
   * @param jdks where it is to run
   * @return one or more
   */
  List<Scenario> on(Options check, Scenario scenario, List<Jdk> jdks) {
    if (loops != null && (threadKind != null || threads != null)) {
      throw check.refused(
          "--loops", loops.toString(), "without --thread-kind and --threads, or these without it");
    }
    if (threadKind == null && threads == null && loops == null) {
      return List.of(scenario);
    }
    ThreadKind kind = threadKind == null ? ThreadKind.LOOP : threadKind;
    List<Integer> counts = loops != null ? loops : threads != null ? threads : List.of(1);
    for (int count : counts) {
      check.range(loops != null ? "--loops" : "--threads", count, 1, MAX_THREADS);
    }
    if (!scenario.isForThreads()) {
      throw check.refused(
          "--scenarios",
          scenario.id(),
          "with --loops, --threads or --thread-kind, only allocate-release-*, cycle-16-*,"
              + " steady-state-* and recordings");
    }
    for (Jdk jdk : jdks) {
      if (!kind.existsOn(jdk.feature())) {
        throw check.refused("--thread-kind", kind.toString(), "Java 21 or newer, not " + jdk);
      }
    }
    return counts.stream().distinct().map(count -> scenario.on(kind, count)).toList();
  }
}
