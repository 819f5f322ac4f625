package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.jmh.Times;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What to run, the same way for each candidate.
 *
 * @param scenarios what to measure
 * @param candidates whom to measure
 * @param settings on which JDKs, and with which leak detection
 * @param rounds how many JVMs each scenario gets for each candidate in each setting
 * @param times how long a run in rounds is
 * @param sliceTimes how long a run in slices is
 * @param maxDirectBytes the ceiling of direct memory of each JVM, if it is another than the maximum
 *     heap size
 */
record ComparePlan(
    List<Scenario> scenarios,
    List<Contender> candidates,
    List<Setting> settings,
    int rounds,
    Times times,
    Times sliceTimes,
    OptionalLong maxDirectBytes) {

  /** One run. */
  record Run(Setting setting, Scenario scenario, Contender candidate) {}

  /** Returns how long a run of a scenario is. */
  Times times(Scenario scenario) {
    return scenario.kind() == Scenario.Kind.SLICES ? sliceTimes : times;
  }

  /** Returns the seed of what is drawn from recordings, and on several threads, if anything is. */
  Optional<String> seed() {
    return scenarios.stream()
        .flatMap(each -> Optional.ofNullable(each.parameters().get("seed")).stream())
        .findFirst();
  }

  /** Returns what the plan takes, if the machine is idle. */
  Duration estimate() {
    return scenarios.stream()
        .map(scenario -> times(scenario).perRun())
        .reduce(Duration.ZERO, Duration::plus)
        .multipliedBy((long) rounds * candidates.size() * settings.size());
  }

  /**
   * Returns the runs of a round. The candidates take turns within each scenario and setting, so
   * that they meet the same minutes; each round begins with another one, so that nobody always
   * follows the same.
   */
  List<Run> round(int number) {
    List<Contender> order = rotated(candidates, number);
    List<Run> runs = new ArrayList<>();
    for (Scenario scenario : scenarios) {
      for (Setting setting : rotated(settings, number)) {
        for (Contender candidate : order) {
          runs.add(new Run(setting, scenario, candidate));
        }
      }
    }
    return runs;
  }

  private static <T> List<T> rotated(List<T> list, int by) {
    List<T> rotated = new ArrayList<>(list);
    Collections.rotate(rotated, -by);
    return rotated;
  }
}
