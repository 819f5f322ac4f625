package io.github.litealloc.benchmarks.raw;

import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.Spread;
import java.util.ArrayList;
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
 * @param rows one for each workload and strategy, in the order of the plan
 */
record RawResult(
    RawPlan plan, Machine machine, List<String> jvmOptions, int rounds, List<Row> rows) {

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
      int rounds,
      Map<RawPlan.Run, List<RawPlan.Fork>> figures) {
    List<Row> rows = new ArrayList<>();
    for (RawPlan.Run run : plan.round(0)) {
      List<RawPlan.Fork> forks = figures.get(run);
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
    return new RawResult(plan, machine, jvmOptions, rounds, rows);
  }
}
