package io.github.litealloc.benchmarks.raw;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Interrupts;
import io.github.litealloc.benchmarks.JsonFile;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.Options;
import io.github.litealloc.benchmarks.Rounds;
import io.github.litealloc.benchmarks.jmh.JmhFork;
import io.github.litealloc.benchmarks.jmh.Times;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of the raw measurement. */
@Command(
    name = "raw",
    description = {
      "Measures the strategies without Netty, with the workloads of the Rust crate that they come"
          + " from, and prints one table with the crate's published figures beside ours.",
      "",
      "tiny: allocate and free 8 bytes. mixed: 500 blocks of 8 to 255 bytes, every other one freed,"
          + " 200 more of 8 to 127, all freed. lifo: 1,000 blocks of 8 bytes, the last one freed"
          + " first. tiny-shared, mixed-shared, lifo-shared: the same after all strategies were in"
          + " use in the same JVM. fragments-N: with N free pieces of memory between live blocks.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true)
public final class RawCommand implements Callable<Integer> {

  private static final int MAX_FORKS = 50;
  private static final Duration FULL_LIMIT = Duration.ofSeconds(285);
  private static final Duration QUICK_LIMIT = Duration.ofSeconds(50);
  private static final Duration NO_LIMIT = Duration.ofDays(365);

  private static final Times FULL_TIMES = new Times(3, 5, 100);
  private static final Times QUICK_TIMES = new Times(3, 4, 100);
  private static final int FULL_FORKS = 5;
  private static final int QUICK_FORKS = 2;

  private static final List<String> QUICK_WORKLOADS = List.of("tiny", "mixed", "lifo");

  @Spec private CommandSpec spec;

  @Option(
      names = "--quick",
      description =
          "End within a minute: tiny, mixed and lifo, shorter runs. Without it, the measurement"
              + " ends within five minutes.")
  private boolean quick;

  @Option(
      names = "--strategies",
      paramLabel = "NAMES",
      split = ",",
      description = "hybrid, bump-free-list, segregated-bump, free-list (default: all).")
  private @Nullable List<String> strategies;

  @Option(
      names = "--workloads",
      paramLabel = "NAMES",
      split = ",",
      description =
          "tiny, mixed, lifo, tiny-shared, mixed-shared, lifo-shared, fragments-100,"
              + " fragments-1000, fragments-10000 (default: all; with --quick: the first three).")
  private @Nullable List<String> workloads;

  @Option(
      names = "--forks",
      paramLabel = "N",
      description =
          "JVMs for each figure (default: 5, with --quick 2, as far as the time allows; a number"
              + " given here is kept, whatever it takes).")
  private @Nullable Integer forks;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results there, as JSON.")
  private @Nullable Path json;

  /** Made by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  public RawCommand() {}

  @Override
  public Integer call() {
    RawPlan plan = checkedPlan();
    PrintWriter progress = spec.commandLine().getErr();
    progress.printf(
        "%d workloads x %d strategies x %d forks: about %d seconds%n",
        plan.workloads().size(),
        plan.strategies().size(),
        plan.rounds(),
        plan.estimate().toSeconds());
    progress.flush();
    Interrupts.stopBy(() -> {}); // the rounds ask
    RawResult result = measure(plan, progress);
    RawText.print(result, spec.commandLine().getOut());
    if (json != null) {
      JsonFile.write(json, generator -> RawJson.write(result, generator));
    }
    return result.problem().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private RawResult measure(RawPlan plan, PrintWriter progress) {
    Machine machine = Machine.here(); // now: later the load is our own
    Rounds.Results<RawPlan.Run, RawPlan.Fork> results =
        new Rounds<RawPlan.Run, RawPlan.Fork>(
                plan::round,
                plan.rounds(),
                run -> run(plan, run),
                RawPlan.Run::workload,
                RawCommand::line,
                progress,
                System::nanoTime,
                Interrupts::happened)
            .run(limit());
    return RawResult.of(plan, machine, JmhFork.jvmOptions(), results);
  }

  private static RawPlan.Fork run(RawPlan plan, RawPlan.Run run) {
    Map<String, String> parameters = new TreeMap<>(run.workload().parameters());
    parameters.put("strategy", run.strategy());
    JmhFork fork = JmhFork.run(run.workload().benchmark(), parameters, plan.times(), options -> {});
    return new RawPlan.Fork(fork.nanosPerOp(), fork.garbageBytesPerOp());
  }

  private static String line(RawPlan.Run run, RawPlan.Fork fork) {
    Workload.Unit unit = run.workload().unit();
    return String.format(
        Locale.ROOT,
        "%-16s %-16s %,9.2f %s",
        run.workload(),
        run.strategy(),
        fork.nanosPerPair() * unit.perNanosecond(),
        unit);
  }

  private RawPlan checkedPlan() {
    Options check = new Options(spec);
    check.writable("--json", json);
    if (forks != null) {
      check.range("--forks", forks, 1, MAX_FORKS);
    }
    List<String> whom = strategies != null ? strategies : Candidate.STRATEGIES;
    List<String> what = workloads != null ? workloads : defaultWorkloads();
    check.names("--strategies", whom, Candidate.STRATEGIES);
    check.names("--workloads", what, Workload.ids());
    return new RawPlan(
        what.stream().distinct().map(Workload::of).toList(),
        whom.stream().distinct().toList(),
        forks != null ? forks : defaultForks(),
        quick ? QUICK_TIMES : FULL_TIMES);
  }

  private List<String> defaultWorkloads() {
    return quick ? QUICK_WORKLOADS : Workload.ids();
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
