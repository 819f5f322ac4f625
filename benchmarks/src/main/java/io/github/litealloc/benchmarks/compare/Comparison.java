package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Machine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The results of a plan, as complete rounds.
 *
 * @param plan what was asked for
 * @param machine where and when
 * @param jvmOptions of the measuring JVMs, beside those that each benchmark sets
 * @param rounds how many rounds there were
 * @param rows one for each scenario and candidate, in the order of the plan
 */
record Comparison(
    ComparePlan plan, Machine machine, List<String> jvmOptions, int rounds, List<Row> rows) {

  private static final Candidate POOLED = Candidate.peer(AllocatorKind.POOLED);
  private static final Candidate ADAPTIVE = Candidate.peer(AllocatorKind.ADAPTIVE);

  /**
   * One line of the table.
   *
   * @param scenario what was measured
   * @param candidate whom
   * @param figures how
   * @param ratioToPooled times Pooled's time, if that was measured
   * @param ratioToAdaptive times Adaptive's time, if that was measured
   */
  record Row(
      Scenario scenario,
      Candidate candidate,
      Figures figures,
      OptionalDouble ratioToPooled,
      OptionalDouble ratioToAdaptive) {}

  static Comparison of(
      ComparePlan plan,
      Machine machine,
      List<String> jvmOptions,
      int rounds,
      Map<ComparePlan.Run, List<ForkResult>> results) {
    Map<ComparePlan.Run, Figures> figures = new LinkedHashMap<>();
    results.forEach((run, forks) -> figures.put(run, new Figures(forks)));
    List<Row> rows = new ArrayList<>();
    for (ComparePlan.Run run : plan.round(0)) {
      Figures own = figures.get(run);
      if (own == null) {
        throw new IllegalArgumentException("no result: " + run);
      }
      rows.add(
          new Row(
              run.scenario(),
              run.candidate(),
              own,
              ratio(own, figures, new ComparePlan.Run(run.scenario(), POOLED)),
              ratio(own, figures, new ComparePlan.Run(run.scenario(), ADAPTIVE))));
    }
    return new Comparison(plan, machine, jvmOptions, rounds, rows);
  }

  private static OptionalDouble ratio(
      Figures own, Map<ComparePlan.Run, Figures> figures, ComparePlan.Run peer) {
    Figures other = figures.get(peer);
    return other == null ? OptionalDouble.empty() : OptionalDouble.of(own.ratioTo(other));
  }

  /** Returns the largest share of buffers, in any run of ours, that did not come from an arena. */
  double fallbackShare() {
    return rows.stream().mapToDouble(row -> row.figures().fallbackShare()).max().orElse(0);
  }
}
