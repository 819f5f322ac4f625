package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.MaxDirectOption;
import io.github.litealloc.benchmarks.Options;
import io.github.litealloc.benchmarks.SecondsConverter;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.record.Recordings;
import io.github.litealloc.benchmarks.record.TrafficSummary;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of every command that replays. */
final class ReplayOptions {

  private static final int MAX_FORKS = 50;
  private static final int MAX_SPEED = 1_000;
  private static final int MAX_AFTER = 10 * 60;

  @Parameters(
      paramLabel = "FILE",
      description =
          "What record has written, a .jfr file with Netty's events of buffers, or corpus:NAME (see"
              + " corpus).")
  private Path file;

  @Option(
      names = "--speed",
      paramLabel = "X",
      defaultValue = "1",
      description =
          "Replay X times as fast as it was, 1 to 1000; memory that goes back with time then goes"
              + " back later in the recording (default: ${DEFAULT-VALUE}).")
  private int speed;

  @Option(
      names = "--after",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = SecondsConverter.class,
      description =
          "How long after the end to look at what is still held (default: ${DEFAULT-VALUE}).")
  private Integer after;

  @Option(
      names = "--forks",
      paramLabel = "N",
      defaultValue = "1",
      description = "Processes for each allocator, in turn (default: ${DEFAULT-VALUE}).")
  private int forks;

  @Mixin private MaxDirectOption maxDirect;

  /** Made by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ReplayOptions() {}

  /**
   * Reads the file and replays it.
   *
   * @param spec the command
   * @param names of the allocators, or none for all
   */
  Replay replay(CommandSpec spec, @Nullable List<String> names) {
    Options check = new Options(spec);
    check.range("--speed", speed, 1, MAX_SPEED);
    check.range("--after", after, 0, MAX_AFTER);
    check.range("--forks", forks, 1, MAX_FORKS);
    OptionalLong maxDirectBytes = maxDirect.bytes(check);
    List<Candidate> everybody = ReplayRuns.everybody();
    List<Candidate> candidates = everybody;
    if (names != null) {
      check.names("--allocators", names, everybody.stream().map(Candidate::id).toList());
      candidates = names.stream().distinct().map(Candidate::of).toList();
    }
    TrafficSummary summary = new TrafficSummary(Recordings.read(file));
    ReplayRuns runs = new ReplayRuns(summary, candidates, forks, speed, after, maxDirectBytes);
    PrintWriter progress = spec.commandLine().getErr();
    double seconds = summary.traffic().duration() / 1e9 / speed + after + 3;
    progress.printf(
        "%s x %s: about %s%n",
        Text.count(candidates.size(), "allocator"),
        Text.count(forks, "fork"),
        Text.count(Math.round(seconds * candidates.size() * forks), "second"));
    progress.flush();
    Machine machine = Machine.here(); // now: later the load is our own
    return Replay.of(runs, machine, runs.run(progress));
  }
}
