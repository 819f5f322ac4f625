package io.github.litealloc.benchmarks.raw;

import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.Rounds;
import io.github.litealloc.benchmarks.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The results of a plan, as complete rounds.
 *
 * @param plan what was asked for
 * @param machine where and when
 * @param jvmOptions of the measuring JVMs, beside those that each benchmark sets
 * @param rounds how many complete rounds there were
 * @param problem what ended the measurement before its time, empty if nothing did
 * @param rows one for each workload and strategy, in the order of the plan; those that were not
 *     reached are missing
 */
record RawResult(
    RawPlan plan,
    Machine machine,
    List<String> jvmOptions,
    int rounds,
    String problem,
    List<Row> rows) {

  /**
   * One line of the table.
   *
   * @param run what was measured
   * @param time in the unit of the workload
   * @param garbageBytesPerPair heap bytes for one allocate with its free
   */
  record Row(RawPlan.Run run, Spread time, Spread garbageBytesPerPair) {

    /** Returns how many times the crate's time this is; below 1 is faster. */
    OptionalDouble ratioToCrate() {
      return run.workload().published(run.strategy()).stream()
          .mapToDouble(published -> time.median() / published.middle())
          .findFirst();
    }
  }

  static RawResult of(
      RawPlan plan,
      Machine machine,
      List<String> jvmOptions,
      Rounds.Results<RawPlan.Run, RawPlan.Fork> results) {
    List<Row> rows = new ArrayList<>();
    for (RawPlan.Run run : plan.round(0)) {
      List<RawPlan.Fork> forks = results.figures().get(run);
      if (forks == null && !results.problem().isEmpty()) {
        continue;
      }
      if (forks == null) {
        throw new IllegalArgumentException("no result: " + run);
      }
      rows.add(
          new Row(
              run,
              Spread.of(forks, RawPlan.Fork::nanosPerPair)
                  .times(run.workload().unit().perNanosecond()),
              Spread.of(forks, RawPlan.Fork::garbageBytesPerPair)));
    }
    return new RawResult(plan, machine, jvmOptions, results.count(), results.problem(), rows);
  }
}
