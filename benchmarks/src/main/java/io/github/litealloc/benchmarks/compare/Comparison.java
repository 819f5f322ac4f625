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

  /** What one candidate did in one scenario and setting. */
  private record Entry(Candidate candidate, Figures figures) {
    boolean isOurs() {
      return candidate.kind() == AllocatorKind.LITE;
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
        List<Entry> entries = new ArrayList<>();
        for (Candidate candidate : plan.candidates()) {
          ComparePlan.Run run = new ComparePlan.Run(setting, scenario, candidate);
          List<ForkResult> forks = results.get(run);
          if (forks == null) {
            throw new IllegalArgumentException("no result: " + run);
          }
          entries.add(new Entry(candidate, new Figures(forks)));
        }
        for (Entry entry : entries) {
          rows.add(row(setting, scenario, entry, entries));
        }
      }
    }
    return new Comparison(plan, machine, jvmOptions, rounds, rows);
  }

  private static Row row(Setting setting, Scenario scenario, Entry own, List<Entry> all) {
    List<Entry> peers = all.stream().filter(entry -> !entry.isOurs()).toList();
    Map<Candidate, Ratio> ratios = new LinkedHashMap<>();
    for (Entry peer : peers) {
      ratios.put(peer.candidate(), own.figures().ratioTo(peer.figures()));
    }
    return new Row(
        new ComparePlan.Run(setting, scenario, own.candidate()),
        own.figures(),
        ratios,
        own.isOurs() ? check(scenario.budget(), own, peers) : Optional.empty());
  }

  private static Optional<BudgetCheck> check(Budget budget, Entry own, List<Entry> peers) {
    return peers.stream()
        .filter(
            peer ->
                budget.peer() == Budget.Peer.BEST
                    || peer.candidate().kind() == AllocatorKind.POOLED)
        .min(Comparator.comparingDouble(peer -> peer.figures().nanosPerOp()))
        .map(
            peer ->
                new BudgetCheck(budget, peer.candidate(), own.figures().ratioTo(peer.figures())));
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
