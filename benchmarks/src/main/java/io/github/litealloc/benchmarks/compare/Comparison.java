package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.Ratio;
import io.github.litealloc.benchmarks.Rounds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;

/**
 * The results of a plan, as complete rounds.
 *
 * @param plan what was asked for
 * @param machine where and when
 * @param jvmOptions of the measuring JVMs, beside those that each benchmark and setting sets
 * @param rounds how many complete rounds there were
 * @param problem what ended the measurement before its time, empty if nothing did
 * @param rows one for each setting, scenario and candidate, in the order of the plan; those that
 *     were not reached are missing
 */
record Comparison(
    ComparePlan plan,
    Machine machine,
    List<String> jvmOptions,
    int rounds,
    String problem,
    List<Row> rows) {

  /**
   * One line of the table.
   *
   * @param run what was measured, and whom
   * @param figures how
   * @param ratios times the time of each candidate that is not ours
   * @param target what the scenario's target says, unless the candidate is a peer
   * @param tailTarget the same of the slow slices, in a scenario with slices
   */
  record Row(
      ComparePlan.Run run,
      Figures figures,
      Map<Contender, Ratio> ratios,
      Optional<TargetCheck> target,
      Optional<TargetCheck> tailTarget) {

    Optional<Ratio> ratioTo(Contender other) {
      return Optional.ofNullable(ratios.get(other));
    }

    boolean isOurs() {
      return run.candidate().role() == Contender.Role.OURS;
    }

    boolean missesTarget() {
      return isOurs() && target.filter(check -> check.verdict() == Verdict.MISSED).isPresent();
    }

    /** Returns the run of the peer that the target is about. */
    ComparePlan.Run peerRun() {
      return new ComparePlan.Run(run.setting(), run.scenario(), target.orElseThrow().peer());
    }
  }

  /** What one candidate did in one scenario and setting. */
  private record Entry(Contender candidate, Figures figures) {
    boolean is(Contender.Role role) {
      return candidate.role() == role;
    }
  }

  static Comparison of(
      ComparePlan plan,
      Machine machine,
      List<String> jvmOptions,
      Rounds.Results<ComparePlan.Run, ForkResult> results) {
    List<Row> rows = new ArrayList<>();
    for (Setting setting : plan.settings()) {
      for (Scenario scenario : plan.scenarios()) {
        List<Entry> entries = new ArrayList<>();
        for (Contender candidate : plan.candidates()) {
          ComparePlan.Run run = new ComparePlan.Run(setting, scenario, candidate);
          List<ForkResult> forks = results.figures().get(run);
          if (forks != null) {
            entries.add(new Entry(candidate, new Figures(forks)));
          } else if (results.problem().isEmpty()) {
            throw new IllegalArgumentException("no result: " + run);
          }
        }
        for (Entry entry : entries) {
          rows.add(row(setting, scenario, entry, entries));
        }
      }
    }
    return new Comparison(plan, machine, jvmOptions, results.count(), results.problem(), rows);
  }

  private static Row row(Setting setting, Scenario scenario, Entry own, List<Entry> all) {
    Map<Contender, Ratio> ratios = new LinkedHashMap<>();
    for (Entry other : all) {
      if (!other.is(Contender.Role.OURS)) {
        ratios.put(other.candidate(), own.figures().ratioTo(other.figures()));
      }
    }
    double limit = scenario.target().limit(setting.leakDetection());
    boolean tail = all.stream().allMatch(entry -> entry.figures().hasTail());
    return new Row(
        new ComparePlan.Run(setting, scenario, own.candidate()),
        own.figures(),
        ratios,
        check(limit, own, all, Figures::nanosPerOp, Figures::ratioTo),
        tail
            ? check(limit, own, all, Figures::p90NanosPerOp, Figures::p90RatioTo)
            : Optional.empty());
  }

  /** Compares with the peer that is the best in the figure, unless the candidate is one itself. */
  private static Optional<TargetCheck> check(
      double limit,
      Entry own,
      List<Entry> all,
      ToDoubleFunction<Figures> figure,
      BiFunction<Figures, Figures, Ratio> ratio) {
    return own.is(Contender.Role.PEER)
        ? Optional.empty()
        : all.stream()
            .filter(entry -> entry.is(Contender.Role.PEER))
            .min(Comparator.comparingDouble(peer -> figure.applyAsDouble(peer.figures())))
            .map(
                peer ->
                    new TargetCheck(
                        limit, peer.candidate(), ratio.apply(own.figures(), peer.figures())));
  }

  /** Returns the rows of ours whose target is missed for certain. */
  List<Row> missed() {
    return rows.stream().filter(Row::missesTarget).toList();
  }

  /** Returns the rows of one setting. */
  List<Row> rowsOf(Setting setting) {
    return rows.stream().filter(row -> row.run().setting().equals(setting)).toList();
  }

  /** Returns the row of a run, if it was reached. */
  Optional<Row> row(ComparePlan.Run run) {
    return rows.stream().filter(row -> row.run().equals(run)).findFirst();
  }

  /** Returns the largest share of buffers, in any run of ours, that did not come from an arena. */
  double fallbackShare() {
    return rows.stream().mapToDouble(row -> row.figures().fallbackShare()).max().orElse(0);
  }

  /**
   * Returns how many rounds the run with the fewest had, slices aside; empty if all have slices.
   */
  OptionalLong fewestRounds() {
    return rows.stream()
        .filter(row -> !row.figures().hasTail())
        .mapToLong(row -> row.figures().rounds())
        .min();
  }

  /** Returns the processor that runs were pinned to, if there were such. */
  OptionalInt processor() {
    return rows.stream()
        .flatMap(row -> row.figures().forks().stream())
        .filter(ForkResult::wasPinned)
        .mapToInt(ForkResult::processor)
        .findFirst();
  }
}
