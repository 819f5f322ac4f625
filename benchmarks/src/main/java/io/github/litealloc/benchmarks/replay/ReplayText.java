package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Spread;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.record.TrafficText;
import java.io.PrintWriter;
import java.util.Locale;

/** Prints a replay for a reader. */
final class ReplayText {

  private static final String ROW = "%-22s %7s %15s %10s %10s %7s %10s %10s %9s %10s %10s%n";

  private ReplayText() {}

  static void print(Replay replay, PrintWriter out) {
    TrafficText.print(replay.runs().summary(), out);
    out.println();
    out.print(replay.machine().header());
    out.println("JVM options     " + String.join(" ", replay.runs().jvmOptions()));
    out.printf(
        Locale.ROOT,
        "replayed        %s each, at %s times the recorded speed%n",
        Text.count(replay.runs().forks(), "time"),
        decimal(replay.runs().speed()));
    if (!replay.problem().isEmpty()) {
      out.println("INCOMPLETE      " + replay.problem());
    }
    out.println();
    out.printf(
        ROW,
        "",
        "",
        "",
        "reserved",
        "reserved",
        "x live",
        "resident",
        "resident",
        "",
        "reserved",
        "resident");
    out.printf(
        ROW,
        "allocator",
        "ns/op",
        "min-max",
        "peak",
        "mean",
        "mean",
        "peak",
        "mean",
        "arenas",
        "after",
        "after");
    for (Replay.Row row : replay.rows()) {
      print(row, out);
    }
    out.println();
    out.printf(
        "ns/op: an allocation, a move or a release, of a replay as fast as it goes; the bytes are of one"
            + " at the recorded speed.%n");
    out.printf(
        "x live: bytes reserved for each live one, on average. resident: of the process, above what it"
            + " had before. after: %s after the end, when all is released.%n",
        Text.count(replay.runs().secondsAfter(), "second"));
    for (Replay.Row row : replay.rows()) {
      if (!row.shown().fallbacks().isEmpty()) {
        out.printf("%s: not from an arena: %s%n", row.candidate(), row.shown().fallbacks());
      }
      if (row.shown().playedShare() < 1) {
        out.printf("%s: %s%n", row.candidate(), row.shown().ended(replay.runs().maxBytes()));
      }
      if (row.shown().refused() > 0) {
        out.printf("%s: %s%n", row.candidate(), row.shown().refusals(replay.runs().maxBytes()));
      }
    }
    out.flush();
  }

  private static void print(Replay.Row row, PrintWriter out) {
    Spread nanos = row.nanosPerOp();
    out.printf(
        ROW,
        row.candidate(),
        decimal(nanos.median()),
        decimal(nanos.min()) + " - " + decimal(nanos.max()),
        bytes(row.median(ReplayResult::peakReserved)),
        bytes(row.median(ReplayResult::meanReserved)),
        String.format(Locale.ROOT, "%.2f", row.reservedPerLive()),
        bytes(row.median(ReplayResult::peakResident)),
        bytes(row.median(ReplayResult::meanResident)),
        row.candidate().kind() == AllocatorKind.LITE ? share(1 - row.fallbackShare()) : "-",
        bytes(row.median(ReplayResult::reservedAfter)),
        bytes(row.median(ReplayResult::residentAfter)));
  }

  private static String share(double share) {
    return share == 1
        ? "100 %"
        : String.format(Locale.ROOT, "%.1f %%", Math.min(99.9, 100 * share));
  }

  private static String bytes(long bytes) {
    return bytes < 0 ? "unknown" : Text.bytes(bytes);
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%,.1f", value);
  }
}
