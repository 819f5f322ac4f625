package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.EnumConverter;
import io.github.litealloc.benchmarks.JsonFile;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.MaxDirectOption;
import io.github.litealloc.benchmarks.Options;
import io.github.litealloc.benchmarks.Rounds;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.record.Recordings;
import io.github.litealloc.benchmarks.record.Traffic;
import io.github.litealloc.benchmarks.record.TrafficSummary;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** How memory grows with the number of event loops. */
@Command(
    name = "scale",
    description = {
      "Replays a recording on 1 to 1,024 event loops, and shows what is reserved and resident then, beside"
          + " Netty's allocators with the defaults that they have on a machine with so many loops.",
      "",
      "The recorded requests are spread over the loops, a millisecond of a recorded loop at a time; or,"
          + " with --load grows, each loop has what a recorded one had.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true)
public final class ScaleCommand implements Callable<Integer> {

  private static final int MAX_LOOPS = 1_024;
  private static final int MAX_FORKS = 50;

  /** What all buffers may need at once; a limit for the machine that this runs on. */
  private static final long MAX_LIVE_BYTES = 1L << 29;

  private static final int MAX_EVENTS = 8_000_000;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      description =
          "What record has written, a .jfr file with Netty's events of buffers, or corpus:NAME.")
  private Path file;

  @Option(
      names = "--loops",
      paramLabel = "N",
      split = ",",
      description = "How many event loops (default: 1,4,16,64,256,1024).")
  private List<Integer> loops = List.of(1, 4, 16, 64, 256, 1_024);

  @Option(
      names = "--load",
      paramLabel = "LOAD",
      defaultValue = "same",
      converter = LoadConverter.class,
      description = "What becomes of the load: same or grows (default: ${DEFAULT-VALUE}).")
  private Scaled.Load load;

  @Option(
      names = "--allocators",
      paramLabel = "NAMES",
      split = ",",
      description =
          "hybrid, bump-free-list, segregated-bump, free-list, pooled, adaptive, unpooled (default:"
              + " hybrid,pooled,adaptive).")
  private List<String> allocators = List.of("hybrid", "pooled", "adaptive");

  @Option(
      names = "--forks",
      paramLabel = "N",
      defaultValue = "1",
      description = "Processes for each point (default: ${DEFAULT-VALUE}).")
  private int forks;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of what chance decides (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private MaxDirectOption maxDirect;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results there, as JSON.")
  private @Nullable Path json;

  private static final class LoadConverter extends EnumConverter<Scaled.Load> {
    LoadConverter() {
      super(Scaled.Load.class);
    }
  }

  /** Made by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  public ScaleCommand() {}

  @Override
  public Integer call() {
    Options check = new Options(spec);
    loops.forEach(count -> check.range("--loops", count, 1, MAX_LOOPS));
    check.range("--forks", forks, 1, MAX_FORKS);
    check.writable("--json", json);
    OptionalLong maxDirectBytes = maxDirect.bytes(check);
    check.names(
        "--allocators", allocators, ReplayRuns.everybody().stream().map(Candidate::id).toList());
    Traffic traffic = checkedTraffic(check);
    ScaleRuns runs =
        new ScaleRuns(
            traffic,
            load,
            loops.stream().distinct().toList(),
            allocators.stream().distinct().map(Candidate::of).toList(),
            forks,
            seed,
            maxDirectBytes);
    PrintWriter progress = spec.commandLine().getErr();
    int points = runs.loops().size() * runs.candidates().size() * forks;
    progress.printf(
        "%s x %s x %s: %s at least%n",
        Text.count(runs.loops().size(), "number") + " of loops",
        Text.count(runs.candidates().size(), "allocator"),
        Text.count(forks, "fork"),
        Text.count(Math.round(points * (1 + traffic.duration() / 1e9)), "second"));
    progress.flush();
    Machine machine = Machine.here(); // now: later the load is our own
    Rounds.Results<ScaleRuns.Point, ReplayResult> results = runs.run(progress);
    ScaleText.print(runs, machine, results, spec.commandLine().getOut());
    if (json != null) {
      JsonFile.write(json, generator -> ScaleJson.write(runs, machine, results, generator));
    }
    return results.problem().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private Traffic checkedTraffic(Options check) {
    Traffic traffic = Recordings.read(file);
    TrafficSummary summary = new TrafficSummary(traffic);
    if (summary.loops() == 0) {
      throw new CommandFailure(
          file + ": no thread in it is an event loop (record with --loops REGEX?)", null);
    }
    for (int count : loops) {
      double times = Scaled.timesTheLoad(traffic, load, count);
      if (times * summary.peakLiveBytes() > MAX_LIVE_BYTES
          || times * traffic.events() > MAX_EVENTS) {
        String asked =
            Text.bytes(Math.round(times * summary.peakLiveBytes()))
                + " live at once and "
                + Text.count(Math.round(times * traffic.events()), "event");
        String most =
            "at most " + Text.bytes(MAX_LIVE_BYTES) + " and " + Text.count(MAX_EVENTS, "event");
        if (load == Scaled.Load.SAME) {
          throw new CommandFailure(
              file
                  + ": with "
                  + asked
                  + " it is too much to be replayed here ("
                  + most
                  + "); record less",
              null);
        }
        throw check.refused(
            "--loops",
            count + ", each with the load of a recorded one: " + asked,
            most + "; fewer loops, or --load same");
      }
    }
    return traffic;
  }
}
