package io.github.litealloc.benchmarks.raw;

import io.github.litealloc.benchmarks.jmh.Times;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What to run, the same way for each strategy.
 *
 * @param workloads what to measure
 * @param strategies whom to measure
 * @param rounds how many JVMs each workload gets for each strategy
 * @param times how long a run is
 */
record RawPlan(List<Workload> workloads, List<String> strategies, int rounds, Times times) {

  /** One run. */
  record Run(Workload workload, String strategy) {}

  /**
   * The figures of one run.
   *
   * @param nanosPerPair mean time of one allocate with its free
   * @param garbageBytesPerPair heap bytes allocated for it, by all threads of the JVM
   */
  record Fork(double nanosPerPair, double garbageBytesPerPair) {}

  /** Returns what the plan takes, if the machine is idle. */
  Duration estimate() {
    return times.perRun().multipliedBy((long) rounds * workloads.size() * strategies.size());
  }

  /** Returns the runs of a round: the strategies take turns, and each round begins with another. */
  List<Run> round(int number) {
    List<String> order = new ArrayList<>(strategies);
    Collections.rotate(order, -number);
    List<Run> runs = new ArrayList<>();
    for (Workload workload : workloads) {
      for (String strategy : order) {
        runs.add(new Run(workload, strategy));
      }
    }
    return runs;
  }
}
