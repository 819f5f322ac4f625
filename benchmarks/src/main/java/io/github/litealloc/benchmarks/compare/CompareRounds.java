package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.Rounds;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Runs a plan round by round, in complete rounds only. */
final class CompareRounds {

  private final ComparePlan plan;
  private final ForkRunner runner;
  private final PrintWriter progress;
  private final LongSupplier nanoClock;

  CompareRounds(ComparePlan plan, ForkRunner runner, PrintWriter progress, LongSupplier nanoClock) {
    this.plan = plan;
    this.runner = runner;
    this.progress = progress;
    this.nanoClock = nanoClock;
  }

  /**
   * Runs, for about a time.
   *
   * @param limit see {@link Rounds#run}
   */
  Comparison run(Duration limit) {
    Machine machine = Machine.here(); // now: later the load is our own
    Rounds.Results<ComparePlan.Run, ForkResult> results =
        new Rounds<ComparePlan.Run, ForkResult>(
                plan::round,
                plan.rounds(),
                run -> runner.run(plan, run),
                CompareRounds::line,
                progress,
                nanoClock)
            .run(limit);
    return Comparison.of(
        plan,
        machine,
        JmhForkRunner.jvmOptions(plan.leakDetection()),
        results.count(),
        results.figures());
  }

  private static String line(ComparePlan.Run run, ForkResult result) {
    return String.format(
        Locale.ROOT,
        "%-28s %-22s %,10.1f ns/op",
        run.scenario(),
        run.candidate(),
        result.nanosPerOp());
  }
}
