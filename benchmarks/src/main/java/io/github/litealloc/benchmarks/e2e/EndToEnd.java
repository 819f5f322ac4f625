package io.github.litealloc.benchmarks.e2e;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.Ratio;
import io.github.litealloc.benchmarks.Rounds;
import io.github.litealloc.benchmarks.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The results.
 *
 * @param plan what was asked for
 * @param machine where and when
 * @param jvmOptions of the servers
 * @param rounds how many complete rounds there were
 * @param problem what ended it before its time, empty if nothing did
 * @param tables one for each setting that was reached, in the order of the plan
 */
record EndToEnd(
    EndToEndPlan plan,
    Machine machine,
    List<String> jvmOptions,
    int rounds,
    String problem,
    List<Table> tables) {

  /** What was measured under one load. */
  record Table(EndToEndPlan.Setting setting, List<Row> rows) {
    List<Row> ours() {
      return rows.stream().filter(row -> row.candidate().kind() == AllocatorKind.LITE).toList();
    }

    List<Row> peers() {
      return rows.stream().filter(row -> row.candidate().kind() != AllocatorKind.LITE).toList();
    }

    /** Returns each of ours beside each peer. */
    List<Beside> besides() {
      return ours().stream()
          .flatMap(own -> peers().stream().map(peer -> Beside.of(own, peer)))
          .toList();
    }
  }

  /** One candidate under one load; its results by round. */
  record Row(Candidate candidate, List<RunResult> runs) {
    /** Says whether all runs know a figure. */
    boolean knows(Figure figure) {
      return runs.stream().allMatch(run -> figure.of(run) >= 0);
    }

    /** Returns a figure in the unit of its label. */
    Spread spread(Figure figure) {
      return Spread.of(runs, figure::of).times(figure.factor());
    }

    /** Says whether all servers have answered. */
    boolean isAnswered() {
      return runs.stream().allMatch(run -> run.load().requests() > 0);
    }

    long failures() {
      return runs.stream().mapToLong(run -> run.load().failures()).sum();
    }

    /** Returns what first went wrong at the clients and in a server, or nothing. */
    String firstProblems() {
      return Stream.of(
              first(run -> run.load().firstFailure()), first(run -> run.server().firstError()))
          .filter(text -> !text.isEmpty())
          .collect(Collectors.joining("; "));
    }

    private String first(Function<RunResult, String> text) {
      return runs.stream().map(text).filter(each -> !each.isEmpty()).findFirst().orElse("");
    }

    double fallbackShare() {
      return runs.stream().mapToDouble(run -> run.server().fallbackShare()).max().orElse(0);
    }

    /** Compares this one with another one, by all figures that are known and never 0. */
    List<Difference> differencesFrom(Row other) {
      List<Difference> differences = new ArrayList<>();
      int common = Math.min(runs.size(), other.runs.size());
      for (Figure figure : Figure.values()) {
        List<Double> own = values(figure, common);
        List<Double> others = other.values(figure, common);
        if (own.stream().allMatch(value -> value > 0)
            && others.stream().allMatch(value -> value > 0)) {
          differences.add(new Difference(figure, Ratio.of(own, others)));
        }
      }
      return differences;
    }

    private List<Double> values(Figure figure, int count) {
      return runs.subList(0, count).stream().map(figure::of).toList();
    }
  }

  static EndToEnd of(
      EndToEndPlan plan,
      Machine machine,
      List<String> jvmOptions,
      Rounds.Results<EndToEndPlan.Run, RunResult> results) {
    List<Table> tables = new ArrayList<>();
    for (EndToEndPlan.Setting setting : plan.settings()) {
      List<Row> rows = new ArrayList<>();
      for (Candidate candidate : plan.candidates()) {
        List<RunResult> runs = results.figures().get(new EndToEndPlan.Run(setting, candidate));
        if (runs != null) {
          rows.add(new Row(candidate, List.copyOf(runs)));
        }
      }
      if (!rows.isEmpty()) {
        tables.add(new Table(setting, rows));
      }
    }
    return new EndToEnd(plan, machine, jvmOptions, results.count(), results.problem(), tables);
  }

  /** Says whether it is known of all allocators that they do not differ. */
  boolean isNothingDifferent() {
    return tables.stream()
        .flatMap(table -> table.besides().stream())
        .allMatch(each -> each.isNoiseKnown() && each.isComplete() && !each.isAnythingDifferent());
  }

  /** Says whether a request has failed, or a server has answered none. */
  boolean hasFailures() {
    return tables.stream()
        .flatMap(table -> table.rows().stream())
        .anyMatch(row -> row.failures() > 0 || !row.isAnswered());
  }
}
