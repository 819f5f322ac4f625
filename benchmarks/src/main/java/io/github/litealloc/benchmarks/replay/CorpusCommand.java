package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.Interrupts;
import io.github.litealloc.benchmarks.JsonFile;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.MaxDirectOption;
import io.github.litealloc.benchmarks.Options;
import io.github.litealloc.benchmarks.OutputFile;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.record.Corpus;
import io.github.litealloc.benchmarks.record.Recordings;
import io.github.litealloc.benchmarks.record.TrafficSummary;
import io.github.litealloc.benchmarks.record.TrafficText;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

/** Shows, writes and replays the recordings that are part of this program. */
@Command(
    name = "corpus",
    description = {
      "Shows the standard corpus: recordings of seven kinds of servers, which are part of this program."
          + " Every command that takes a recording takes corpus:NAME as well: replay corpus:grpc.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true)
public final class CorpusCommand implements Callable<Integer> {

  private static final int MAX_FORKS = 50;
  private static final double PROBE_SECONDS = 3;

  /** No table shows what is held after the end: {@code replay} does. */
  private static final int SECONDS_AFTER = 0;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "FOLDER",
      description = "Write the recordings there, as files; it is made if it is not there.")
  private @Nullable Path folder;

  @Option(
      names = "--replay",
      description =
          "Replay them, and print four tables: what is reserved, on average and at most, what is"
              + " resident, and what an operation takes.")
  private boolean replay;

  @Option(
      names = "--recordings",
      paramLabel = "NAMES",
      split = ",",
      description =
          "http1-small, http1-large, http2, websocket-proxy, slow-readers, grpc, redis (default: all).")
  private List<String> names = Corpus.NAMES;

  @Option(
      names = "--allocators",
      paramLabel = "NAMES",
      split = ",",
      description =
          "Whom to replay them with: hybrid, bump-free-list, segregated-bump, free-list, pooled,"
              + " adaptive, unpooled (default: all but unpooled).")
  private List<String> allocators =
      ReplayRuns.everybody().stream()
          .map(Candidate::id)
          .filter(id -> !id.equals("unpooled"))
          .toList();

  @Option(
      names = "--forks",
      paramLabel = "N",
      defaultValue = "1",
      description = "Processes for each recording and allocator (default: ${DEFAULT-VALUE}).")
  private int forks;

  @Mixin private MaxDirectOption maxDirect;

  @Option(
      names = "--json",
      paramLabel = "FOLDER",
      description =
          "With --replay: write NAME.json there for each recording, as replay --json does; the folder is"
              + " made if it is not there.")
  private @Nullable Path json;

  /** Made by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  public CorpusCommand() {}

  @Override
  public Integer call() {
    Options check = new Options(spec);
    check.names("--recordings", names, Corpus.NAMES);
    check.names(
        "--allocators", allocators, ReplayRuns.everybody().stream().map(Candidate::id).toList());
    check.range("--forks", forks, 1, MAX_FORKS);
    OptionalLong maxDirectBytes = maxDirect.bytes(check);
    if (folder != null && replay) {
      throw check.refused("--replay", "together with the folder " + folder, "one of them");
    }
    if (json != null && !replay) {
      throw check.refused("--json", json + ", without --replay", "--replay with it");
    }
    PrintWriter out = spec.commandLine().getOut();
    if (folder != null) {
      write(folder, out);
      return ExitCode.OK;
    }
    if (replay) {
      return replayed(maxDirectBytes, out);
    }
    for (String name : names) {
      out.println(Corpus.path(name));
      TrafficText.print(summary(name), out);
      out.println();
    }
    out.flush();
    return ExitCode.OK;
  }

  private static TrafficSummary summary(String name) {
    return new TrafficSummary(Recordings.read(Corpus.path(name)));
  }

  private static void make(Path to) {
    try {
      Files.createDirectories(to);
    } catch (IOException e) {
      throw CommandFailure.of("cannot make the folder " + to, e);
    }
  }

  private void write(Path to, PrintWriter out) {
    make(to);
    for (String name : names) {
      Path file = to.resolve(name + ".litealloc");
      OutputFile.write(
          file,
          stream -> {
            try (InputStream in = Corpus.open(Corpus.path(name))) {
              in.transferTo(stream);
            }
          });
      out.println("written to " + file);
    }
    out.flush();
  }

  private int replayed(OptionalLong maxDirectBytes, PrintWriter out) {
    List<Candidate> candidates = allocators.stream().distinct().map(Candidate::of).toList();
    if (json != null) {
      make(json); // now: what cannot be written need not be measured
    }
    Map<String, TrafficSummary> summaries = new LinkedHashMap<>();
    names.forEach(name -> summaries.put(name, summary(name)));
    PrintWriter progress = spec.commandLine().getErr();
    double seconds =
        summaries.values().stream()
            .mapToDouble(each -> each.traffic().duration() / 1e9 + PROBE_SECONDS)
            .sum();
    progress.printf(
        "%s x %s x %s: about %s%n",
        Text.count(summaries.size(), "recording"),
        Text.count(candidates.size(), "allocator"),
        Text.count(forks, "fork"),
        Text.count(Math.round(seconds * candidates.size() * forks), "second"));
    Machine machine = Machine.here(); // now: later the load is our own
    Map<String, Replay> replays = new LinkedHashMap<>();
    boolean isComplete = true;
    for (Map.Entry<String, TrafficSummary> each : summaries.entrySet()) {
      progress.println(Corpus.path(each.getKey()));
      progress.flush();
      ReplayRuns runs =
          new ReplayRuns(each.getValue(), candidates, forks, 1, SECONDS_AFTER, maxDirectBytes);
      try {
        Replay one = Replay.of(runs, machine, runs.run(progress));
        replays.put(each.getKey(), one);
        if (json != null) {
          JsonFile.write(
              json.resolve(each.getKey() + ".json"), generator -> ReplayJson.write(one, generator));
        }
        isComplete &= one.problem().isEmpty();
      } catch (CommandFailure e) {
        if (replays.isEmpty()) {
          throw e;
        }
        progress.println(Corpus.path(each.getKey()) + ": " + e.getMessage());
        isComplete = false; // what was replayed before is worth to be shown
      }
      if (Interrupts.happened()) {
        isComplete &= replays.size() == summaries.size();
        break;
      }
    }
    CorpusText.print(replays, candidates, machine, out);
    return isComplete ? ExitCode.OK : ExitCode.SOFTWARE;
  }
}
