package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Machine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The results of a plan, as complete rounds.
 *
 * @param plan what was asked for
 * @param machine where and when
 * @param jvmOptions of the measuring JVMs, beside those that each benchmark and setting sets
 * @param rounds how many rounds there were
 * @param rows one for each setting, scenario and candidate, in the order of the plan
 */
record Comparison(
    ComparePlan plan, Machine machine, List<String> jvmOptions, int rounds, List<Row> rows) {

  /**
   * One line of the table.
   *
   * @param run what was measured, and whom
   * @param figures how
   * @param ratios times the time of each peer that was measured
   * @param budget what the scenario's budget says, if the candidate is ours
   */
  record Row(
      ComparePlan.Run run,
      Figures figures,
      Map<Candidate, Ratio> ratios,
      Optional<BudgetCheck> budget) {

    Optional<Ratio> ratioTo(AllocatorKind peer) {
      return Optional.ofNullable(ratios.get(Candidate.peer(peer)));
    }

    boolean missesBudget() {
      return budget.filter(check -> check.verdict() == Verdict.MISSED).isPresent();
    }

    /** Returns the run of the peer that the budget is about. */
    ComparePlan.Run peerRun() {
      return new ComparePlan.Run(run.setting(), run.scenario(), budget.orElseThrow().peer());
    }
  }

  static Comparison of(
      ComparePlan plan,
      Machine machine,
      List<String> jvmOptions,
      int rounds,
      Map<ComparePlan.Run, List<ForkResult>> results) {
    List<Row> rows = new ArrayList<>();
    for (Setting setting : plan.settings()) {
      for (Scenario scenario : plan.scenarios()) {
        Map<Candidate, Figures> figures = new LinkedHashMap<>();
        for (Candidate candidate : plan.candidates()) {
          ComparePlan.Run run = new ComparePlan.Run(setting, scenario, candidate);
          List<ForkResult> forks = results.get(run);
          if (forks == null) {
            throw new IllegalArgumentException("no result: " + run);
          }
          figures.put(candidate, new Figures(forks));
        }
        figures.keySet().forEach(candidate -> rows.add(row(setting, scenario, candidate, figures)));
      }
    }
    return new Comparison(plan, machine, jvmOptions, rounds, rows);
  }

  private static Row row(
      Setting setting, Scenario scenario, Candidate candidate, Map<Candidate, Figures> figures) {
    Figures own = figures.get(candidate);
    Map<Candidate, Ratio> ratios = new LinkedHashMap<>();
    figures.forEach(
        (other, theirs) -> {
          if (other.kind() != AllocatorKind.LITE) {
            ratios.put(other, own.ratioTo(theirs));
          }
        });
    Optional<BudgetCheck> check =
        candidate.kind() == AllocatorKind.LITE
            ? peerOf(scenario.budget(), figures)
                .map(peer -> new BudgetCheck(scenario.budget(), peer, ratios.get(peer)))
            : Optional.empty();
    return new Row(
        new ComparePlan.Run(setting, scenario, candidate), own, Map.copyOf(ratios), check);
  }

  private static Optional<Candidate> peerOf(Budget budget, Map<Candidate, Figures> figures) {
    return figures.keySet().stream()
        .filter(candidate -> candidate.kind() != AllocatorKind.LITE)
        .filter(
            peer ->
                budget.peer() == Budget.Peer.BEST
                    || peer.equals(Candidate.peer(AllocatorKind.POOLED)))
        .min(Comparator.comparingDouble(peer -> figures.get(peer).nanosPerOp()));
  }

  /** Returns the rows of ours whose budget is missed for certain. */
  List<Row> missed() {
    return rows.stream().filter(Row::missesBudget).toList();
  }

  /** Returns the rows of one setting. */
  List<Row> rowsOf(Setting setting) {
    return rows.stream().filter(row -> row.run().setting().equals(setting)).toList();
  }

  /** Returns the row of a run that the plan has. */
  Row row(ComparePlan.Run run) {
    return rows.stream().filter(row -> row.run().equals(run)).findFirst().orElseThrow();
  }

  /** Returns the largest share of buffers, in any run of ours, that did not come from an arena. */
  double fallbackShare() {
    return rows.stream().mapToDouble(row -> row.figures().fallbackShare()).max().orElse(0);
  }
}
