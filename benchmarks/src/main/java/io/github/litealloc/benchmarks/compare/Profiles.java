package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.Interrupts;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Profiles the missed targets, ours beside the peer that was faster. */
final class Profiles {

  private Profiles() {}

  /**
   * Makes one more run of each, which does not count as a measurement.
   *
   * @param comparison the results
   * @param profiler profiles one run
   * @param perRun what that takes
   * @param progress where to say so
   * @return the profiles, by run; none if no target was missed or no profile could be made
   */
  static Map<ComparePlan.Run, Profile> ofMissed(
      Comparison comparison,
      Function<ComparePlan.Run, Profile> profiler,
      Duration perRun,
      PrintWriter progress) {
    Set<ComparePlan.Run> runs = new LinkedHashSet<>();
    for (Comparison.Row row : comparison.missed()) {
      runs.add(row.run());
      runs.add(row.peerRun());
    }
    progress.printf(
        "%d profiles of missed targets: about %d seconds%n",
        runs.size(), perRun.multipliedBy(runs.size()).toSeconds());
    progress.flush();
    Map<ComparePlan.Run, Profile> profiles = new LinkedHashMap<>();
    for (ComparePlan.Run run : runs) {
      try {
        profiles.put(run, profiler.apply(run));
      } catch (RuntimeException e) {
        // The measurement is done, and is not to be lost for a profile.
        progress.printf("%s: no profile: %s%n", run.scenario(), e.getMessage());
        progress.flush();
        if (Interrupts.happenedJustNow()) {
          break;
        }
      }
    }
    return profiles;
  }
}
