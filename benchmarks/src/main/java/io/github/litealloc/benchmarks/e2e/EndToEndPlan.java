package io.github.litealloc.benchmarks.e2e;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Jdk;
import io.github.litealloc.benchmarks.LeakDetection;
import io.github.litealloc.benchmarks.demo.load.LoadShape;
import io.github.litealloc.benchmarks.demo.server.Protocol;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What to run, the same way for each candidate.
 *
 * @param settings on what, and under what load
 * @param candidates whom to measure
 * @param rounds how many servers each candidate gets in each setting
 * @param warmUpSeconds of load that does not count
 * @param seconds of load that does
 * @param connections of the load
 * @param loops event loops of the server, and of the built-in load
 * @param bodyBytes the size of bodies; the built-in load's are around it
 * @param isEncrypted whether all of it goes through TLS
 * @param ceiling the ceiling of direct memory, if it is not what {@link #DEFAULT_DIRECT_BYTES} says
 * @param programs the files of the load tools that are not built in
 */
record EndToEndPlan(
    List<Setting> settings,
    List<Candidate> candidates,
    int rounds,
    int warmUpSeconds,
    int seconds,
    int connections,
    int loops,
    int bodyBytes,
    boolean isEncrypted,
    OptionalLong ceiling,
    Map<LoadTool, Path> programs) {

  static final long DEFAULT_DIRECT_BYTES = 1L << 30;

  private static final Duration START_AND_END = Duration.ofMillis(1_500);

  /**
   * On what a server runs, and under what load.
   *
   * @param protocol what it speaks
   * @param tool who sends requests
   * @param shape how
   * @param jdk of the server
   * @param leakDetection Netty's level in it
   */
  record Setting(
      Protocol protocol, LoadTool tool, LoadShape shape, Jdk jdk, LeakDetection leakDetection) {

    /** Returns the name for a reader: {@code HTTP/1.1, wrk, steady; Java 17.0.15, simple}. */
    @Override
    public String toString() {
      return protocol + ", " + tool + ", " + shape + "; " + jdk + ", " + leakDetection;
    }
  }

  /** One server. */
  record Run(Setting setting, Candidate candidate) {}

  /** Returns the runs of a round; the candidates take turns in each setting. */
  List<Run> round(int number) {
    List<Candidate> order = new ArrayList<>(candidates);
    Collections.rotate(order, -number);
    List<Run> runs = new ArrayList<>();
    for (Setting setting : settings) {
      for (Candidate candidate : order) {
        runs.add(new Run(setting, candidate));
      }
    }
    return runs;
  }

  /** Returns the candidates that are ours. */
  List<Candidate> ours() {
    return candidates.stream().filter(each -> each.kind() == AllocatorKind.LITE).toList();
  }

  long maxDirectBytes() {
    return ceiling.orElse(DEFAULT_DIRECT_BYTES);
  }

  /** Returns what the plan takes, about. */
  Duration estimate() {
    return START_AND_END
        .plusSeconds(warmUpSeconds + seconds)
        .multipliedBy((long) rounds * candidates.size() * settings.size());
  }
}
