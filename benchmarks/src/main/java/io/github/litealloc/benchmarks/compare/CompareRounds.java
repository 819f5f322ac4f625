package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.Machine;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
   * Runs. The first round is always completed. After it, no round starts that would probably end
   * after the limit, and one that does reach the limit is dropped, for half a round would give some
   * candidates more forks than others.
   *
   * @param limit how long to run
   */
  Comparison run(Duration limit) {
    Machine machine = Machine.here(); // now: later the load is our own
    long started = nanoClock.getAsLong();
    long limitNanos = limit.toNanos();
    Map<ComparePlan.Run, List<ForkResult>> results = new LinkedHashMap<>();
    runRound(0, 0).forEach((run, fork) -> add(results, run, fork));
    int rounds = 1;
    while (rounds < plan.rounds()) {
      long elapsed = nanoClock.getAsLong() - started;
      boolean fits = elapsed + elapsed / rounds <= limitNanos;
      Map<ComparePlan.Run, ForkResult> round =
          fits ? runRound(rounds, started + limitNanos) : Map.of();
      if (round.isEmpty()) {
        progress.printf(
            "ends with %d of %d rounds: one more would exceed %d seconds (--forks lifts this)%n",
            rounds, plan.rounds(), limit.toSeconds());
        break;
      }
      round.forEach((run, fork) -> add(results, run, fork));
      rounds++;
    }
    return Comparison.of(
        plan, machine, JmhForkRunner.jvmOptions(plan.leakDetection()), rounds, results);
  }

  private static void add(
      Map<ComparePlan.Run, List<ForkResult>> results, ComparePlan.Run run, ForkResult fork) {
    results.computeIfAbsent(run, any -> new ArrayList<>()).add(fork);
  }

  /** Returns the results of a round, or nothing if a later one than the first met the deadline. */
  private Map<ComparePlan.Run, ForkResult> runRound(int round, long deadlineNanos) {
    Map<ComparePlan.Run, ForkResult> results = new LinkedHashMap<>();
    for (ComparePlan.Run run : plan.round(round)) {
      if (round > 0 && nanoClock.getAsLong() - deadlineNanos >= 0) {
        return Map.of();
      }
      ForkResult result = runner.run(plan, run);
      results.put(run, result);
      progress.printf(
          Locale.ROOT,
          "round %d of %d  %-28s %-22s %,10.1f ns/op%n",
          round + 1,
          plan.rounds(),
          run.scenario(),
          run.candidate(),
          result.nanosPerOp());
      progress.flush();
    }
    return results;
  }
}
