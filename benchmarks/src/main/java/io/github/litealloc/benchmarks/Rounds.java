package io.github.litealloc.benchmarks;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/**
 * Measures everything once, then everything once more, and so on, so that whatever else the machine
 * does meets every candidate. Only complete rounds count.
 *
 * @param <R> what is run
 * @param <F> the figures of one run
 */
public final class Rounds<R, F> {

  private final IntFunction<List<R>> plan;
  private final int max;
  private final Function<R, F> runner;
  private final BiFunction<R, F, String> line;
  private final PrintWriter progress;
  private final LongSupplier nanoClock;

  /**
   * The results.
   *
   * @param count how many rounds there were
   * @param figures of each run, as many as there were rounds
   * @param <R> what was run
   * @param <F> the figures of one run
   */
  public record Results<R, F>(int count, Map<R, List<F>> figures) {}

  /**
   * Plans rounds.
   *
   * @param plan the runs of a round, by its number from 0
   * @param max how many rounds, at least 1
   * @param runner makes one run
   * @param line what to tell about a run
   * @param progress where to tell it
   * @param nanoClock as {@link System#nanoTime()}
   */
  public Rounds(
      IntFunction<List<R>> plan,
      int max,
      Function<R, F> runner,
      BiFunction<R, F, String> line,
      PrintWriter progress,
      LongSupplier nanoClock) {
    this.plan = plan;
    this.max = max;
    this.runner = runner;
    this.line = line;
    this.progress = progress;
    this.nanoClock = nanoClock;
  }

  /**
   * Runs. The first round is always completed. After it, no round starts that would probably end
   * after the limit, and one that does reach the limit is dropped, for half a round would give some
   * candidates more forks than others.
   *
   * @param limit how long to run
   * @return the results of all complete rounds
   */
  public Results<R, F> run(Duration limit) {
    long started = nanoClock.getAsLong();
    long limitNanos = limit.toNanos();
    Map<R, List<F>> results = new LinkedHashMap<>();
    runRound(0, 0).forEach((run, fork) -> add(results, run, fork));
    int rounds = 1;
    while (rounds < max) {
      long elapsed = nanoClock.getAsLong() - started;
      boolean fits = elapsed + elapsed / rounds <= limitNanos;
      Map<R, F> round = fits ? runRound(rounds, started + limitNanos) : Map.of();
      if (round.isEmpty()) {
        progress.printf(
            "ends with %d of %d rounds: one more would exceed %d seconds (--forks lifts this)%n",
            rounds, max, limit.toSeconds());
        break;
      }
      round.forEach((run, fork) -> add(results, run, fork));
      rounds++;
    }
    return new Results<>(rounds, results);
  }

  private static <R, F> void add(Map<R, List<F>> results, R run, F fork) {
    results.computeIfAbsent(run, any -> new ArrayList<>()).add(fork);
  }

  /** Returns the results of a round, or nothing if a later one than the first met the deadline. */
  private Map<R, F> runRound(int round, long deadlineNanos) {
    Map<R, F> results = new LinkedHashMap<>();
    for (R run : plan.apply(round)) {
      if (round > 0 && nanoClock.getAsLong() - deadlineNanos >= 0) {
        return Map.of();
      }
      F result = runner.apply(run);
      results.put(run, result);
      progress.printf("round %d of %d  %s%n", round + 1, max, line.apply(run, result));
      progress.flush();
    }
    return results;
  }
}
