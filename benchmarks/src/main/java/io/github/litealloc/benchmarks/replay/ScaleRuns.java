package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.Interrupts;
import io.github.litealloc.benchmarks.Rounds;
import io.github.litealloc.benchmarks.TemporaryFiles;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.record.Traffic;
import io.github.litealloc.benchmarks.record.TrafficFile;
import io.github.litealloc.benchmarks.record.TrafficSummary;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * Replays a history on several numbers of loops, with each candidate, each point in a JVM of its
 * own.
 *
 * @param traffic the history
 * @param load what becomes of it when there are more loops
 * @param loops how many of them, one point for each
 * @param candidates whom to replay it with
 * @param forks how often
 * @param seed of what chance decides
 * @param maxDirectBytes ceiling of direct memory, if said
 */
record ScaleRuns(
    Traffic traffic,
    Scaled.Load load,
    List<Integer> loops,
    List<Candidate> candidates,
    int forks,
    long seed,
    OptionalLong maxDirectBytes) {

  private static final Duration NO_LIMIT = Duration.ofDays(365);

  /** How many loops Netty makes for a processor, unless it is told otherwise. */
  private static final int LOOPS_PER_PROCESSOR = 2;

  /**
   * One process.
   *
   * @param loops how many there are
   * @param candidate who serves them
   */
  record Point(int loops, Candidate candidate) {}

  /**
   * Returns the processors that Netty is told of, so that its defaults are those of such a machine.
   */
  static int processors(int loops) {
    return Math.max(1, loops / LOOPS_PER_PROCESSOR);
  }

  /** Returns the ceiling of direct memory. */
  long maxBytes(TrafficSummary summary) {
    return asReplay(summary).maxBytes();
  }

  /** Returns the options of the processes on so many loops. */
  List<String> jvmOptions(int count, TrafficSummary summary) {
    List<String> options = new ArrayList<>(asReplay(summary).jvmOptions());
    options.add("-Dio.netty.availableProcessors=" + processors(count));
    return options;
  }

  /** Returns the options that all processes have. */
  List<String> commonJvmOptions() {
    List<String> common = null;
    for (int count : loops) {
      List<String> options = jvmOptions(count, summary(count));
      if (common == null) {
        common = new ArrayList<>(options);
      } else {
        common.retainAll(options);
      }
    }
    return common == null ? List.of() : common;
  }

  private ReplayRuns asReplay(TrafficSummary summary) {
    return new ReplayRuns(summary, candidates, 1, 1, 0, maxDirectBytes);
  }

  /** Returns the history on so many loops. */
  TrafficSummary summary(int count) {
    return new TrafficSummary(Scaled.of(traffic, load, count, seed));
  }

  /**
   * Replays.
   *
   * @param progress where to tell about it
   * @return the results of all points; of those that were reached, if this was interrupted
   */
  Rounds.Results<Point, ReplayResult> run(PrintWriter progress) {
    Interrupts.stopBy(() -> {}); // the rounds ask
    return new Rounds<Point, ReplayResult>(
            this::round,
            forks,
            this::replay,
            Point::loops,
            ScaleRuns::line,
            progress,
            System::nanoTime,
            Interrupts::happened)
        .run(NO_LIMIT);
  }

  private List<Point> round(int number) {
    List<Point> points = new ArrayList<>();
    for (int count : loops) {
      for (Candidate candidate : candidates) {
        points.add(new Point(count, candidate));
      }
    }
    return points;
  }

  private ReplayResult replay(Point point) {
    TrafficSummary summary = summary(point.loops());
    long maxBytes = maxBytes(summary);
    List<String> options = jvmOptions(point.loops(), summary);
    try {
      Path file = TemporaryFiles.file("lite-alloc-scale", ".litealloc");
      try {
        TrafficFile.write(file, summary.traffic());
        return ProbeProcess.run(
            "the replay on " + point.loops() + " loops with " + point.candidate(),
            options,
            ScaleProbe.class,
            List.of(file.toString(), point.candidate().id(), String.valueOf(maxBytes)));
      } finally {
        TemporaryFiles.delete(file);
      }
    } catch (IOException e) {
      throw CommandFailure.of("cannot make a temporary file", e);
    }
  }

  private static String line(Point point, ReplayResult result) {
    return String.format(
        Locale.ROOT,
        "%,5d loops %-22s reserved at most %s",
        point.loops(),
        point.candidate(),
        Text.bytes(result.peakReserved()));
  }
}
