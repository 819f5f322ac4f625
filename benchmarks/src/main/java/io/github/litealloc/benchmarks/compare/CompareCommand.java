package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.EnumConverter;
import io.github.litealloc.benchmarks.JsonFile;
import io.github.litealloc.benchmarks.Options;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.jmh.Times;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
          + " an event-loop thread, and prints one table for each JDK and level of leak detection,"
          + " and one that says which budgets are met.",
      "",
      "Each figure comes from several JVMs; the candidates take turns, with the same options. The"
          + " exit code is 1 if a run failed or a buffer of ours did not come from an arena; a missed"
          + " budget is no failure.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true)
public final class CompareCommand implements Callable<Integer> {

  private static final int MAX_FORKS = 50;

  /** Without limits of the user's own, the promise is five minutes and one minute. */
  private static final Duration FULL_LIMIT = Duration.ofSeconds(285);

  private static final Duration QUICK_LIMIT = Duration.ofSeconds(54);
  private static final Duration NO_LIMIT = Duration.ofDays(365);
  private static final Duration TWO_MINUTES = Duration.ofMinutes(2);

  private static final Times FULL_TIMES = new Times(3, 4, 150);
  private static final Times QUICK_TIMES = new Times(3, 3, 100);
  private static final Times BUDGET_TIMES = new Times(3, 5, 200);

  /** Some 2,000 samples. */
  private static final Times PROFILE_TIMES = new Times(3, 5, 500);

  private static final int FORKS = 3;

  private static final List<String> FULL_SCENARIOS =
      List.of(
          "allocate-release-64",
          "allocate-release-8192",
          "steady-state-1024-uniform",
          "steady-state-8192-geometric");
  private static final List<String> QUICK_SCENARIOS =
      List.of("allocate-release-1024", "steady-state-1024-uniform");
  private static final List<String> BUDGET_SCENARIOS =
      List.of(
          "allocate-release-64",
          "allocate-release-1024",
          "allocate-release-16384",
          "steady-state-1024-uniform",
          "steady-state-1024-geometric",
          "steady-state-8192-uniform",
          "steady-state-8192-geometric",
          "steady-state-65536-uniform",
          "remote-release-256",
          "growth",
          "retained-slice",
          "retained-duplicate",
          "get-byte",
          "set-byte",
          "get-long",
          "set-long");
  private static final List<String> QUICK_BUDGET_SCENARIOS =
      List.of(
          "allocate-release-1024",
          "steady-state-1024-uniform",
          "steady-state-8192-geometric",
          "remote-release-256",
          "growth",
          "retained-slice",
          "retained-duplicate",
          "get-byte",
          "set-byte",
          "get-long",
          "set-long");
  private static final List<String> DEFAULT_STRATEGY = Candidate.STRATEGIES.subList(0, 1);

  @Spec private CommandSpec spec;

  @Option(
      names = "--quick",
      description =
          "End within a minute: hybrid and the peers, fewer scenarios, shorter runs. Without it,"
              + " the comparison ends within five minutes.")
  private boolean quick;

  @Option(
      names = "--budgets",
      description =
          "Measure sixteen scenarios, of every kind that has a budget, hybrid and the peers,"
              + " whatever it takes: some 20 minutes for each JDK. With --quick eleven, in ten.")
  private boolean budgets;

  @Option(
      names = "--strategies",
      paramLabel = "NAMES",
      split = ",",
      description =
          "Our candidates: hybrid, bump-free-list, segregated-bump, free-list (default: all; with"
              + " --quick or --budgets: hybrid). The peers always take part.")
  private @Nullable List<String> strategies;

  @Option(
      names = "--scenarios",
      paramLabel = "NAMES",
      split = ",",
      description =
          "allocate-release-SIZE (64, 256, 1024, 4096, 8192, 16384), steady-state-LIVE-LIFETIME"
              + " (1024, 8192, 65536; uniform, geometric), remote-release-SIZE (256, 4096), growth,"
              + " retained-slice, retained-duplicate, get-byte, set-byte, get-long, set-long,"
              + " get-bytes, set-bytes (default: a selection of the first two; with --budgets: of all kinds).")
  private @Nullable List<String> scenarios;

  @Option(
      names = "--forks",
      paramLabel = "N",
      description =
          "JVMs for each figure (default: 3, as far as the time allows; a number given here is"
              + " kept, whatever it takes).")
  private @Nullable Integer forks;

  @Option(
      names = "--leak-detection",
      paramLabel = "LEVELS",
      split = ",",
      defaultValue = "simple,disabled",
      converter = LeakDetectionConverter.class,
      description =
          "Netty's leak detection while measuring: simple, which is Netty's default, and disabled"
              + " (default: both).")
  private List<LeakDetection> leakDetection;

  @Option(
      names = "--java",
      paramLabel = "PATHS",
      split = ",",
      description =
          "JDKs to measure on, each by its home or its java, 17 or newer (default: the one that"
              + " runs this).")
  private @Nullable List<Path> javas;

  @Option(
      names = "--profile",
      description =
          "Show for each missed budget in which methods the time goes, ours and the peer's, from"
              + " runs of their own.")
  private boolean profile;

  @Option(names = "--markdown", description = "Print Markdown, to paste into a document.")
  private boolean markdown;

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
        "%d scenarios x %d allocators x %d settings x %d forks: about %s%s%n",
        plan.scenarios().size(),
        plan.candidates().size(),
        plan.settings().size(),
        plan.rounds(),
        minutes(plan.estimate()),
        limit().equals(NO_LIMIT) ? "" : ", as far as " + minutes(limit()) + " allow");
    progress.flush();
    Comparison comparison =
        new CompareRounds(plan, new JmhForkRunner(), progress, System::nanoTime).run(limit());
    Map<ComparePlan.Run, Profile> profiles =
        profile
            ? Profiles.ofMissed(
                comparison,
                run -> JmhForkRunner.profile(run, PROFILE_TIMES),
                PROFILE_TIMES.perRun(),
                progress)
            : Map.of();
    print(comparison, profiles);
    if (json != null) {
      JsonFile.write(json, generator -> ComparisonJson.write(comparison, profiles, generator));
    }
    return comparison.fallbackShare() == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private void print(Comparison comparison, Map<ComparePlan.Run, Profile> profiles) {
    PrintWriter out = spec.commandLine().getOut();
    if (markdown) {
      ComparisonMarkdown.print(comparison, out);
    } else {
      ComparisonText.print(comparison, out);
    }
    if (profile) {
      out.println();
      out.println(markdown ? "```text" : "profiles");
      ProfilesText.print(comparison, profiles, out);
      out.print(markdown ? "```\n" : "");
      out.flush();
    }
  }

  private static String minutes(Duration duration) {
    return duration.compareTo(TWO_MINUTES) < 0
        ? Text.count(duration.toSeconds(), "second")
        : Text.count(Math.round(duration.toSeconds() / 60.0), "minute");
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
        settings(check),
        forks != null ? forks : FORKS,
        times());
  }

  private List<Setting> settings(Options check) {
    List<Jdk> jdks =
        javas == null
            ? List.of(Jdk.running())
            : javas.stream().map(path -> checkedJdk(check, path)).distinct().toList();
    return jdks.stream()
        .flatMap(jdk -> leakDetection.stream().distinct().map(level -> new Setting(jdk, level)))
        .toList();
  }

  private static Jdk checkedJdk(Options check, Path path) {
    try {
      return Jdk.at(path);
    } catch (IllegalArgumentException e) {
      throw check.refused(
          "--java", path + ", which " + e.getMessage(), "the home or the java of a JDK from 17 on");
    }
  }

  private List<String> defaultStrategies() {
    return quick || budgets ? DEFAULT_STRATEGY : Candidate.STRATEGIES;
  }

  private List<String> defaultScenarios() {
    if (budgets) {
      return quick ? QUICK_BUDGET_SCENARIOS : BUDGET_SCENARIOS;
    }
    return quick ? QUICK_SCENARIOS : FULL_SCENARIOS;
  }

  private Times times() {
    if (budgets) {
      return quick ? FULL_TIMES : BUDGET_TIMES;
    }
    return quick ? QUICK_TIMES : FULL_TIMES;
  }

  private Duration limit() {
    if (forks != null || budgets) {
      return NO_LIMIT;
    }
    return quick ? QUICK_LIMIT : FULL_LIMIT;
  }
}
