package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.Rounds;
import io.github.litealloc.benchmarks.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * The results of a replay.
 *
 * @param runs what was asked for
 * @param machine where and when
 * @param rounds how many complete rounds there were
 * @param problem what ended it before its time, empty if nothing did
 * @param rows one for each candidate that was reached, in the order of the plan
 */
record Replay(ReplayRuns runs, Machine machine, int rounds, String problem, List<Row> rows) {

  /**
   * One candidate.
   *
   * @param candidate who
   * @param forks its results, one for each process
   */
  record Row(Candidate candidate, List<ReplayResult> forks) {

    Spread nanosPerOp() {
      return Spread.of(forks, ReplayResult::nanosPerOp);
    }

    /** Returns the median of the processes. */
    long median(ToDoubleFunction<ReplayResult> figure) {
      return Math.round(Spread.of(forks, figure).median());
    }

    double reservedPerLive() {
      return Spread.of(forks, ReplayResult::reservedPerLive).median();
    }

    double fallbackShare() {
      return Spread.of(forks, ReplayResult::fallbackShare).max();
    }

    /** Returns the process to show over time. */
    ReplayResult shown() {
      return forks.get(0);
    }
  }

  static Replay of(
      ReplayRuns runs, Machine machine, Rounds.Results<Candidate, ReplayResult> results) {
    List<Row> rows = new ArrayList<>();
    for (Candidate candidate : runs.candidates()) {
      List<ReplayResult> forks = results.figures().get(candidate);
      if (forks != null) {
        rows.add(new Row(candidate, List.copyOf(forks)));
      }
    }
    return new Replay(runs, machine, results.count(), results.problem(), rows);
  }

  Optional<Row> row(Candidate candidate) {
    return rows.stream().filter(row -> row.candidate().equals(candidate)).findFirst();
  }
}
