package io.github.litealloc.benchmarks;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/**
 * Measures everything once, then everything once more, and so on, so that whatever else the machine
 * does meets every candidate. Only complete rounds count; of a round in which a signal or a failure
 * ends the measurement, all that was measured with every candidate counts, too, and if it was the
 * first one, everything.
 *
 * @param <R> what is run
 * @param <F> the figures of one run
 */
public final class Rounds<R, F> {

  /** What a measurement says that ended because of a signal. */
  public static final String INTERRUPTED = "interrupted";

  private final IntFunction<List<R>> plan;
  private final int max;
  private final Function<R, F> runner;
  private final Function<R, ?> group;
  private final BiFunction<R, F, String> line;
  private final PrintWriter progress;
  private final LongSupplier nanoClock;
  private final BooleanSupplier interrupted;

  /**
   * The results.
   *
   * @param count how many complete rounds there were
   * @param figures of each run, as many as there were rounds, or one more
   * @param problem what ended the measurement before its time, empty if nothing did
   * @param <R> what was run
   * @param <F> the figures of one run
   */
  public record Results<R, F>(int count, Map<R, List<F>> figures, String problem) {}

  /** What became of one round. */
  private record Round<R, F>(Map<R, F> figures, boolean isComplete, String problem) {}

  /**
   * Plans rounds.
   *
   * @param plan the runs of a round, by its number from 0
   * @param max how many rounds, at least 1
   * @param runner makes one run
   * @param group what the runs have in common that are compared with each other
   * @param line what to tell about a run
   * @param progress where to tell it
   * @param nanoClock as {@link System#nanoTime()}
   * @param interrupted whether to end now, asked before each run and after one that has failed
   */
  public Rounds(
      IntFunction<List<R>> plan,
      int max,
      Function<R, F> runner,
      Function<R, ?> group,
      BiFunction<R, F, String> line,
      PrintWriter progress,
      LongSupplier nanoClock,
      BooleanSupplier interrupted) {
    this.plan = plan;
    this.max = max;
    this.runner = runner;
    this.group = group;
    this.line = line;
    this.progress = progress;
    this.nanoClock = nanoClock;
    this.interrupted = interrupted;
  }

  /**
   * Runs. The first round is always completed. After it, no round starts that would probably end
   * after the limit, and one that does reach the limit is dropped, for half a round would give some
   * candidates more forks than others.
   *
   * @param limit how long to run
   * @return the results
   * @throws CommandFailure if the measurement ended before there was any
   */
  public Results<R, F> run(Duration limit) {
    long started = nanoClock.getAsLong();
    long limitNanos = limit.toNanos();
    Map<R, List<F>> results = new LinkedHashMap<>();
    for (int rounds = 0; rounds < max; rounds++) {
      long elapsed = nanoClock.getAsLong() - started;
      boolean fits = rounds == 0 || elapsed + elapsed / rounds <= limitNanos;
      Round<R, F> round =
          fits ? runRound(rounds, started, limitNanos) : new Round<>(Map.of(), false, "");
      if (round.isComplete()) {
        round.figures().forEach((run, fork) -> add(results, run, fork));
      } else if (round.problem().isEmpty()) {
        progress.printf(
            "ends with %d of %d rounds: one more would exceed %d seconds (--forks lifts this)%n",
            rounds, max, limit.toSeconds());
        return new Results<>(rounds, results, "");
      } else {
        (rounds == 0 ? round.figures() : comparable(rounds, round.figures()))
            .forEach((run, fork) -> add(results, run, fork));
        if (results.isEmpty()) {
          throw new CommandFailure(round.problem() + ", before there was any result", null);
        }
        String problem =
            String.format("%s, with %d of %d rounds complete", round.problem(), rounds, max);
        progress.println(problem);
        progress.flush();
        return new Results<>(rounds, results, problem);
      }
    }
    return new Results<>(max, results, "");
  }

  private static <R, F> void add(Map<R, List<F>> results, R run, F fork) {
    results.computeIfAbsent(run, any -> new ArrayList<>()).add(fork);
  }

  /** Keeps what was measured with everybody it is compared with. */
  private Map<R, F> comparable(int round, Map<R, F> figures) {
    Set<Object> incomplete = new HashSet<>();
    for (R run : plan.apply(round)) {
      if (!figures.containsKey(run)) {
        incomplete.add(group.apply(run));
      }
    }
    Map<R, F> kept = new LinkedHashMap<>(figures);
    kept.keySet().removeIf(run -> incomplete.contains(group.apply(run)));
    return kept;
  }

  private Round<R, F> runRound(int round, long started, long limitNanos) {
    Map<R, F> figures = new LinkedHashMap<>();
    List<R> runs = plan.apply(round);
    for (R run : runs) {
      if (interrupted.getAsBoolean()) {
        return new Round<>(figures, false, INTERRUPTED);
      }
      if (round > 0 && nanoClock.getAsLong() - started - limitNanos >= 0) {
        return new Round<>(figures, false, "");
      }
      try {
        figures.put(run, runner.apply(run));
      } catch (RuntimeException e) {
        // What was measured is worth more than the failure of one run.
        if (interrupted.getAsBoolean() || Interrupts.happenedJustNow()) {
          return new Round<>(figures, false, INTERRUPTED);
        }
        if (e instanceof CommandFailure) {
          return new Round<>(figures, false, String.valueOf(e.getMessage()));
        }
        throw e;
      }
      double done = round + figures.size() / (double) runs.size();
      progress.printf(
          "round %d of %d  %s%s%n",
          round + 1,
          max,
          line.apply(run, figures.get(run)),
          TimeLeft.afterShare(nanoClock.getAsLong() - started, done / max));
      progress.flush();
    }
    return new Round<>(figures, true, "");
  }
}
