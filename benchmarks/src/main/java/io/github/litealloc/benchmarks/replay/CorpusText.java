package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.Text;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Prints the replays of a corpus as tables in Markdown, a line for each recording. */
final class CorpusText {

  private CorpusText() {}

  static void print(
      Map<String, Replay> replays, List<Candidate> candidates, Machine machine, PrintWriter out) {
    out.print(machine.header());
    replays.forEach(
        (name, replay) -> {
          if (!replay.problem().isEmpty()) {
            out.println("INCOMPLETE      " + name + ": " + replay.problem());
          }
        });
    table(
        "Reserved on average, while so much was live on average",
        row -> Text.bytes(row.median(ReplayResult::meanReserved)),
        replays,
        candidates,
        out);
    table(
        "Reserved at most, while so much was live at most",
        row -> Text.bytes(row.median(ReplayResult::peakReserved)),
        replays,
        candidates,
        out);
    table(
        "Resident on average, above what the process had before",
        row -> bytes(row.median(ReplayResult::meanResident)),
        replays,
        candidates,
        out);
    table(
        "Nanoseconds for each allocation, move or release",
        row -> String.format(Locale.ROOT, "%.0f", row.nanosPerOp().median()),
        replays,
        candidates,
        out);
    out.println();
    replays.forEach((name, replay) -> printOddities(name, replay, out));
    out.flush();
  }

  private static void table(
      String title,
      Function<Replay.Row, String> cell,
      Map<String, Replay> replays,
      List<Candidate> candidates,
      PrintWriter out) {
    boolean isPeak = title.startsWith("Reserved at most");
    out.println();
    out.println(title + ':');
    out.println();
    out.println(
        candidates.stream()
            .map(each -> '`' + each.id() + '`')
            .collect(Collectors.joining(" | ", "| recording | live | ", " |")));
    out.println("|---|---|" + "---|".repeat(candidates.size()));
    replays.forEach(
        (name, replay) -> {
          long live =
              isPeak
                  ? replay.runs().summary().peakLiveBytes()
                  : Math.round(replay.runs().summary().meanLiveBytes());
          out.println(
              candidates.stream()
                  .map(each -> replay.row(each).map(cell).orElse("-"))
                  .collect(
                      Collectors.joining(
                          " | ", "| `" + name + "` | " + Text.bytes(live) + " | ", " |")));
        });
  }

  private static void printOddities(String name, Replay replay, PrintWriter out) {
    for (Replay.Row row : replay.rows()) {
      if (row.candidate().kind() == AllocatorKind.LITE && row.fallbackShare() > 0) {
        out.printf(
            Locale.ROOT,
            "%s, %s: not from an arena: %s%n",
            name,
            row.candidate(),
            row.shown().fallbacks());
      }
      if (row.shown().refused() > 0) {
        out.printf(
            "%s, %s: %s%n", name, row.candidate(), row.shown().refusals(replay.runs().maxBytes()));
      }
      if (row.shown().playedShare() < 1) {
        out.printf(
            "%s, %s: %s%n", name, row.candidate(), row.shown().ended(replay.runs().maxBytes()));
      }
    }
  }

  private static String bytes(long bytes) {
    return bytes < 0 ? "unknown" : Text.bytes(bytes);
  }
}
