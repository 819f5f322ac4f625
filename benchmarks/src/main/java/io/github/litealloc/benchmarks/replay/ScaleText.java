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
    if (!results.problem().isEmpty()) {
      out.println("INCOMPLETE      " + results.problem());
    }
    out.println();
    StringBuilder head = new StringBuilder("| loops | processors told | live, peak |");
    for (Candidate candidate : runs.candidates()) {
      head.append(" `").append(candidate.id()).append("` reserved, peak | mean | resident, mean |");
    }
    out.println(head);
    out.println("|---|---|---|" + "---|".repeat(3 * runs.candidates().size()));
    for (int count : runs.loops()) {
      StringBuilder row = new StringBuilder();
      row.append("| ").append(Text.count(count)).append(" | ");
      row.append(ScaleRuns.processors(count)).append(" | ");
      row.append(Text.bytes(runs.summary(count).peakLiveBytes())).append(" |");
      for (Candidate candidate : runs.candidates()) {
        List<ReplayResult> forks = results.figures().get(new ScaleRuns.Point(count, candidate));
        row.append(' ').append(bytes(forks, ReplayResult::peakReserved)).append(" |");
        row.append(' ').append(bytes(forks, ReplayResult::meanReserved)).append(" |");
        row.append(' ').append(bytes(forks, ReplayResult::meanResident)).append(" |");
      }
      out.println(row);
    }
    out.println();
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
                if (fork.refused() > 0) {
                  out.printf(
                      "%d loops, %s: REFUSED %s%n",
                      point.loops(), point.candidate(), Text.count(fork.refused(), "request"));
                }
              }
            });
    out.flush();
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
