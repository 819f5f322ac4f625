package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.EnumConverter;
import io.github.litealloc.benchmarks.JsonFile;
import io.github.litealloc.benchmarks.Options;
import io.github.litealloc.benchmarks.jmh.Times;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of the comparison. */
@Command(
    name = "compare",
    description = {
      "Measures our strategies and Netty's Pooled, Adaptive and Unpooled allocators side by side on"
          + " an event-loop thread, and prints one table.",
      "",
      "Each figure comes from several JVMs; the candidates take turns, with the same options. The"
          + " exit code is 1 if a run failed or a buffer of ours did not come from an arena.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true)
public final class CompareCommand implements Callable<Integer> {

  private static final int MAX_FORKS = 50;

  /** Without limits of the user's own, the promise is five minutes and one minute. */
  private static final Duration FULL_LIMIT = Duration.ofSeconds(285);

  private static final Duration QUICK_LIMIT = Duration.ofSeconds(50);
  private static final Duration NO_LIMIT = Duration.ofDays(365);

  private static final Times FULL_TIMES = new Times(3, 5, 200);
  private static final Times QUICK_TIMES = new Times(3, 4, 150);
  private static final int FULL_FORKS = 3;
  private static final int QUICK_FORKS = 2;

  private static final List<String> FULL_SCENARIOS =
      List.of(
          "allocate-release-64",
          "allocate-release-1024",
          "allocate-release-8192",
          "steady-state-1024-uniform",
          "steady-state-8192-geometric");
  private static final List<String> QUICK_SCENARIOS =
      List.of("allocate-release-1024", "steady-state-1024-uniform");
  private static final List<String> QUICK_STRATEGIES = Candidate.STRATEGIES.subList(0, 1);

  @Spec private CommandSpec spec;

  @Option(
      names = "--quick",
      description =
          "End within a minute: hybrid and the peers, fewer scenarios, shorter runs. Without it,"
              + " the comparison ends within five minutes.")
  private boolean quick;

  @Option(
      names = "--strategies",
      paramLabel = "NAMES",
      split = ",",
      description =
          "Our candidates: hybrid, bump-free-list, segregated-bump, free-list (default: all; with"
              + " --quick: hybrid). The peers always take part.")
  private @Nullable List<String> strategies;

  @Option(
      names = "--scenarios",
      paramLabel = "NAMES",
      split = ",",
      description =
          "allocate-release-SIZE (64, 256, 1024, 4096, 8192, 16384), steady-state-LIVE-LIFETIME"
              + " (1024, 8192, 65536; uniform, geometric), remote-release-SIZE (256, 4096), growth,"
              + " retained-slice, retained-duplicate, get-byte, set-byte, get-long, set-long,"
              + " get-bytes, set-bytes (default: a selection of the first two).")
  private @Nullable List<String> scenarios;

  @Option(
      names = "--forks",
      paramLabel = "N",
      description =
          "JVMs for each figure (default: 3, with --quick 2, as far as the time"
              + " allows; a number given here is kept, whatever it takes).")
  private @Nullable Integer forks;

  @Option(
      names = "--leak-detection",
      paramLabel = "LEVEL",
      defaultValue = "simple",
      converter = LeakDetectionConverter.class,
      description =
          "Netty's leak detection while measuring: ${COMPLETION-CANDIDATES}"
              + " (default: ${DEFAULT-VALUE}, which is Netty's).")
  private LeakDetection leakDetection;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results there, as JSON.")
  private @Nullable Path json;

  private static final class LeakDetectionConverter extends EnumConverter<LeakDetection> {
    LeakDetectionConverter() {
      super(LeakDetection.class);
    }
  }

  /** Made by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  public CompareCommand() {}

  @Override
  public Integer call() {
    ComparePlan plan = checkedPlan();
    PrintWriter progress = spec.commandLine().getErr();
    progress.printf(
        "%d scenarios x %d allocators x %d forks: about %d seconds%n",
        plan.scenarios().size(),
        plan.candidates().size(),
        plan.rounds(),
        plan.estimate().toSeconds());
    progress.flush();
    Comparison comparison =
        new CompareRounds(plan, new JmhForkRunner(), progress, System::nanoTime).run(limit());
    ComparisonText.print(comparison, spec.commandLine().getOut());
    if (json != null) {
      JsonFile.write(json, generator -> ComparisonJson.write(comparison, generator));
    }
    return comparison.fallbackShare() == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private ComparePlan checkedPlan() {
    Options check = new Options(spec);
    check.writable("--json", json);
    if (forks != null) {
      check.range("--forks", forks, 1, MAX_FORKS);
    }
    List<String> ours = strategies != null ? strategies : defaultStrategies();
    List<String> what = scenarios != null ? scenarios : defaultScenarios();
    check.names("--strategies", ours, Candidate.STRATEGIES);
    check.names("--scenarios", what, Scenario.ids());
    return new ComparePlan(
        what.stream().distinct().map(Scenario::of).toList(),
        Stream.concat(ours.stream().distinct().map(Candidate::lite), Candidate.PEERS.stream())
            .toList(),
        forks != null ? forks : defaultForks(),
        quick ? QUICK_TIMES : FULL_TIMES,
        leakDetection);
  }

  private List<String> defaultStrategies() {
    return quick ? QUICK_STRATEGIES : Candidate.STRATEGIES;
  }

  private List<String> defaultScenarios() {
    return quick ? QUICK_SCENARIOS : FULL_SCENARIOS;
  }

  private int defaultForks() {
    return quick ? QUICK_FORKS : FULL_FORKS;
  }

  private Duration limit() {
    if (forks != null) {
      return NO_LIMIT;
    }
    return quick ? QUICK_LIMIT : FULL_LIMIT;
  }
}
