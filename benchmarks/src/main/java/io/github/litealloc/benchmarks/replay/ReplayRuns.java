package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.Interrupts;
import io.github.litealloc.benchmarks.Rounds;
import io.github.litealloc.benchmarks.TemporaryFiles;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.jmh.JmhFork;
import io.github.litealloc.benchmarks.record.TrafficFile;
import io.github.litealloc.benchmarks.record.TrafficSummary;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Replays a history with each candidate in turn, each in a JVM of its own with the same options.
 *
 * @param summary of the history
 * @param candidates whom to replay it with
 * @param forks how often
 * @param speed how many times as fast as it was
 * @param secondsAfter how long to wait at the end, before what is still held is read
 * @param maxDirectBytes ceiling of direct memory, if said
 */
record ReplayRuns(
    TrafficSummary summary,
    List<Candidate> candidates,
    int forks,
    double speed,
    int secondsAfter,
    OptionalLong maxDirectBytes) {

  private static final Duration NO_LIMIT = Duration.ofDays(365);
  private static final long MIB = 1 << 20;
  private static final long MIN_HEAP_BYTES = 256 * MIB;

  /** What a history needs of heap, at most, while it is read and replayed. */
  private static final long BYTES_PER_EVENT = 100;

  private static final long MIN_DIRECT_BYTES = 1_024 * MIB;
  private static final long DIRECT_PER_LIVE = 8;

  /** Returns every strategy of ours, and Netty's allocators. */
  static List<Candidate> everybody() {
    return Stream.concat(
            Candidate.STRATEGIES.stream().map(Candidate::lite), Candidate.PEERS.stream())
        .toList();
  }

  /**
   * Replays.
   *
   * @param progress where to tell about it
   * @return the results of all candidates; of those that were reached, if this was interrupted
   */
  Rounds.Results<Candidate, ReplayResult> run(PrintWriter progress) {
    Interrupts.stopBy(() -> {}); // the rounds ask
    Path traffic = temporary();
    try {
      TrafficFile.write(traffic, summary.traffic());
      return new Rounds<Candidate, ReplayResult>(
              this::round,
              forks,
              candidate -> replay(traffic, candidate),
              any -> "all",
              ReplayRuns::line,
              progress,
              System::nanoTime,
              Interrupts::happened)
          .run(NO_LIMIT);
    } finally {
      TemporaryFiles.delete(traffic);
    }
  }

  private static Path temporary() {
    try {
      return TemporaryFiles.file("lite-alloc-replay", ".litealloc");
    } catch (IOException e) {
      throw CommandFailure.of("cannot make a temporary file", e);
    }
  }

  private List<Candidate> round(int number) {
    List<Candidate> order = new ArrayList<>(candidates);
    Collections.rotate(order, -number);
    return order;
  }

  private static String line(Candidate candidate, ReplayResult result) {
    return String.format(
        Locale.ROOT,
        "%-22s %,8.1f ns/op  reserved at most %s",
        candidate,
        result.nanosPerOp(),
        Text.bytes(result.peakReserved()));
  }

  /** Returns the ceiling of every candidate; if nothing was said, more than ours need. */
  long maxBytes() {
    if (maxDirectBytes.isPresent()) {
      return maxDirectBytes.getAsLong();
    }
    long wanted = Math.max(MIN_DIRECT_BYTES, DIRECT_PER_LIVE * summary.peakLiveBytes());
    return (wanted + MIB - 1) / MIB * MIB;
  }

  List<String> jvmOptions() {
    long heap = MIN_HEAP_BYTES + BYTES_PER_EVENT * summary.traffic().events();
    long heapMib = (heap + MIB - 1) / MIB;
    List<String> options = new ArrayList<>();
    options.add("-Dio.netty.leakDetection.level=disabled");
    JmhFork.jvmOptions().stream().filter(option -> !option.startsWith("-X")).forEach(options::add);
    // A heap that neither grows nor faults in, so that the resident set is about the allocator.
    options.add("-Xms" + heapMib + 'm');
    options.add("-Xmx" + heapMib + 'm');
    options.add("-XX:+AlwaysPreTouch");
    options.add("-XX:MaxDirectMemorySize=" + maxBytes());
    return options;
  }

  private ReplayResult replay(Path traffic, Candidate candidate) {
    return ProbeProcess.run(
        "the replay with " + candidate,
        jvmOptions(),
        ReplayProbe.class,
        List.of(
            traffic.toString(),
            candidate.id(),
            String.valueOf(maxBytes()),
            String.valueOf(speed),
            String.valueOf(secondsAfter)));
  }
}
