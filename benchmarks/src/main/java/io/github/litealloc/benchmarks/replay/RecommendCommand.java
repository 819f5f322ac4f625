package io.github.litealloc.benchmarks.replay;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Replays, and says what follows. */
@Command(
    name = "recommend",
    description = {
      "Replays what an application has asked its allocator for, with all allocators, and says what it"
          + " should use: the strategy, the budget, size classes, with reasons and the lines to paste;"
          + " or that it should stay with what it has.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true)
public final class RecommendCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private ReplayOptions options;

  /** Made by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  public RecommendCommand() {}

  @Override
  public Integer call() {
    Replay replay = options.replay(spec, null);
    PrintWriter out = spec.commandLine().getOut();
    ReplayText.print(replay, out);
    Recommendation recommendation = Recommendation.of(replay);
    out.println();
    out.println(recommendation.verdict());
    recommendation.reasons().forEach(reason -> out.println("  - " + reason));
    if (!recommendation.lines().isEmpty()) {
      out.println();
      recommendation.lines().forEach(line -> out.println("  " + line));
    }
    out.flush();
    return replay.problem().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
  }
}
