package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.JsonFile;
import io.github.litealloc.benchmarks.Options;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of the replay. */
@Command(
    name = "replay",
    description = {
      "Replays what an application has asked its allocator for, with each strategy of ours and each of"
          + " Netty's allocators, each in a process of its own, and shows what memory and time they"
          + " take.",
      "",
      "Each recorded thread is a thread again: an event loop, if it was one. It allocates, moves and"
          + " releases what it did, at the time when it did, and writes every byte of its buffers. Then"
          + " everything is repeated as fast as it goes, for the time of an operation.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true)
public final class ReplayCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private ReplayOptions options;

  @Option(
      names = "--allocators",
      paramLabel = "NAMES",
      split = ",",
      description =
          "hybrid, bump-free-list, segregated-bump, free-list, pooled, adaptive, unpooled (default:"
              + " all).")
  private @Nullable List<String> allocators;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results there, as JSON.")
  private @Nullable Path json;

  /** Made by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  public ReplayCommand() {}

  @Override
  public Integer call() {
    new Options(spec).writable("--json", json);
    Replay replay = options.replay(spec, allocators);
    ReplayText.print(replay, spec.commandLine().getOut());
    if (json != null) {
      JsonFile.write(json, generator -> ReplayJson.write(replay, generator));
    }
    return replay.problem().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
  }
}
