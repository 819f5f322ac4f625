package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.jmh.Times;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What to run, the same way for each candidate.
 *
 * @param scenarios what to measure
 * @param candidates whom to measure
 * @param rounds how many JVMs each scenario gets for each candidate
 * @param times how long a run is
 * @param leakDetection the level in all JVMs
 */
record ComparePlan(
    List<Scenario> scenarios,
    List<Candidate> candidates,
    int rounds,
    Times times,
    LeakDetection leakDetection) {

  /** One run. */
  record Run(Scenario scenario, Candidate candidate) {}

  /** Returns what the plan takes, if the machine is idle. */
  Duration estimate() {
    return times.perRun().multipliedBy((long) rounds * scenarios.size() * candidates.size());
  }

  /**
   * Returns the runs of a round. The candidates take turns within each scenario, so that they meet
   * the same minutes; each round begins with another one, so that nobody always follows the same.
   */
  List<Run> round(int number) {
    List<Candidate> order = new ArrayList<>(candidates);
    Collections.rotate(order, -number);
    List<Run> runs = new ArrayList<>();
    for (Scenario scenario : scenarios) {
      for (Candidate candidate : order) {
        runs.add(new Run(scenario, candidate));
      }
    }
    return runs;
  }
}
