package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.Rounds;
import io.github.litealloc.benchmarks.Spread;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.record.TrafficSummary;
import io.github.litealloc.benchmarks.record.TrafficText;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Prints, in Markdown, what is held on each number of loops. */
final class ScaleText {

  private ScaleText() {}

  static void print(
      ScaleRuns runs,
      Machine machine,
      Rounds.Results<ScaleRuns.Point, ReplayResult> results,
      PrintWriter out) {
    TrafficText.print(new TrafficSummary(runs.traffic()), out);
    out.println();
    out.print(machine.header());
    out.println(
        "load            "
            + (runs.load() == Scaled.Load.SAME
                ? "the recorded one, spread over the loops"
                : "on each loop what a recorded one had"));
    out.println("JVM options     " + String.join(" ", runs.commonJvmOptions()));
    if (!results.problem().isEmpty()) {
      out.println("INCOMPLETE      " + results.problem());
    }
    out.println();
    StringBuilder head =
        new StringBuilder(
            "| loops | processors told | with buffers | asked, each | own peak, each | live, peak |");
    int columns = 6;
    for (Candidate candidate : runs.candidates()) {
      head.append(" `").append(candidate.id()).append("` reserved, peak |");
      boolean hasModel = FootprintModel.of(candidate).isPresent();
      head.append(hasModel ? " by the model |" : "").append(" mean | resident, mean |");
      columns += hasModel ? 4 : 3;
    }
    out.println(head);
    out.println("|" + "---|".repeat(columns));
    Errors errors = new Errors();
    for (int count : runs.loops()) {
      StringBuilder row = new StringBuilder();
      row.append("| ").append(Text.count(count)).append(" | ");
      row.append(ScaleRuns.processors(count)).append(" | ");
      LoopDemand demand = LoopDemand.of(runs.summary(count));
      row.append(Text.count(demand.loops())).append(" | ");
      row.append(Text.bytes(demand.askedBytesOfEach())).append(" | ");
      row.append(Text.bytes(demand.ownPeakBytesOfEach())).append(" | ");
      row.append(Text.bytes(demand.peakLiveBytes())).append(" |");
      for (Candidate candidate : runs.candidates()) {
        List<ReplayResult> forks = results.figures().get(new ScaleRuns.Point(count, candidate));
        row.append(' ').append(bytes(forks, ReplayResult::peakReserved)).append(" |");
        FootprintModel.of(candidate)
            .ifPresent(
                model -> {
                  long reserved = model.reservedBytes(demand);
                  row.append(' ').append(Text.bytes(reserved)).append(errors.of(reserved, forks));
                });
        row.append(' ').append(bytes(forks, ReplayResult::meanReserved)).append(" |");
        row.append(' ').append(bytes(forks, ReplayResult::meanResident)).append(" |");
      }
      out.println(row);
    }
    out.println();
    errors.print(out);
    out.println(
        "resident: of the process, above what it had when all threads were there. What Netty derives from"
            + " the number of processors, it derives from the one told.");
    results
        .figures()
        .forEach(
            (point, forks) -> {
              for (ReplayResult fork : forks) {
                if (!fork.fallbacks().isEmpty()) {
                  out.printf(
                      "%d loops, %s: not from an arena: %s%n",
                      point.loops(), point.candidate(), fork.fallbacks());
                }
                if (fork.playedShare() < 1) {
                  out.printf(
                      "%d loops, %s: %s%n",
                      point.loops(),
                      point.candidate(),
                      fork.ended(runs.maxBytes(runs.summary(point.loops()))));
                }
                if (fork.refused() > 0) {
                  out.printf(
                      "%d loops, %s: %s%n",
                      point.loops(),
                      point.candidate(),
                      fork.refusals(runs.maxBytes(runs.summary(point.loops()))));
                }
              }
            });
    out.flush();
  }

  /** How far off the model is. */
  private static final class Errors {
    private double least = Double.POSITIVE_INFINITY;
    private double most = Double.NEGATIVE_INFINITY;
    private int points;

    /** Counts one point, and returns what to say of it. */
    String of(long modelBytes, @Nullable List<ReplayResult> forks) {
      if (forks == null || forks.stream().anyMatch(fork -> fork.playedShare() < 1)) {
        return " |";
      }
      double error = modelBytes / Spread.of(forks, ReplayResult::peakReserved).median() - 1;
      least = Math.min(least, error);
      most = Math.max(most, error);
      points++;
      return String.format(Locale.ROOT, " (%+.0f %%) |", 100 * error);
    }

    void print(PrintWriter out) {
      if (points > 0) {
        out.printf(
            Locale.ROOT,
            "model: of what loops keep and what is live (docs/replay.md#scale); it is off by %+.0f %% to"
                + " %+.0f %% at %s.%n",
            100 * least,
            100 * most,
            points == 1 ? "this point" : "these " + Text.count(points, "point"));
      }
    }
  }

  private static String bytes(
      @Nullable List<ReplayResult> forks, ToDoubleFunction<ReplayResult> figure) {
    if (forks == null) {
      return "-";
    }
    long median = Math.round(Spread.of(forks, figure).median());
    return median < 0 ? "unknown" : Text.bytes(median);
  }
}
