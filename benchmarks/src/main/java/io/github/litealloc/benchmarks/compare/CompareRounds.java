package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.Rounds;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** Runs a plan round by round. */
final class CompareRounds {

  private final ComparePlan plan;
  private final ForkRunner runner;
  private final PrintWriter progress;
  private final LongSupplier nanoClock;
  private final BooleanSupplier interrupted;

  CompareRounds(
      ComparePlan plan,
      ForkRunner runner,
      PrintWriter progress,
      LongSupplier nanoClock,
      BooleanSupplier interrupted) {
    this.plan = plan;
    this.runner = runner;
    this.progress = progress;
    this.nanoClock = nanoClock;
    this.interrupted = interrupted;
  }

  /**
   * Runs, for about a time.
   *
   * @param limit see {@link Rounds#run}
   */
  Comparison run(Duration limit) {
    // Now: later the load is our own.
    Machine machine =
        Machine.here()
            .withJdk(
                plan.settings().stream()
                    .map(setting -> setting.jdk().build())
                    .distinct()
                    .collect(Collectors.joining(", ")));
    Rounds.Results<ComparePlan.Run, ForkResult> results =
        new Rounds<ComparePlan.Run, ForkResult>(
                plan::round,
                plan.rounds(),
                run -> runner.run(plan, run),
                run -> List.of(run.setting(), run.scenario()),
                CompareRounds::line,
                progress,
                nanoClock,
                interrupted)
            .run(limit);
    return Comparison.of(plan, machine, JmhForkRunner.jvmOptions(plan), results);
  }

  private static String line(ComparePlan.Run run, ForkResult result) {
    return String.format(
        Locale.ROOT,
        "%-24s %-28s %-22s %,10.1f ns/op",
        run.setting(),
        run.scenario(),
        run.candidate(),
        result.nanosPerOp());
  }
}
