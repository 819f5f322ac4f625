package io.github.litealloc.benchmarks.raw;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Prints the results as one table for a reader. */
final class RawText {

  private static final String ROW = "%-16s %-16s %-9s %9s %17s %9s %12s %8s%n";

  private RawText() {}

  static void print(RawResult result, PrintWriter out) {
    out.print(result.machine().header());
    out.print(result.plan().times().header(result.rounds()));
    out.println("JVM options     " + String.join(" ", result.jvmOptions()));
    if (!result.problem().isEmpty()) {
      out.println("INCOMPLETE      " + result.problem());
    }
    out.println();
    out.printf(
        ROW, "workload", "strategy", "unit", "time", "min-max", "garbage", "crate", "x crate");
    List<RawResult.Row> rows = result.rows();
    for (int i = 0; i < rows.size(); i++) {
      RawResult.Row row = rows.get(i);
      if (i > 0 && !row.run().workload().equals(rows.get(i - 1).run().workload())) {
        out.println();
      }
      print(row, out);
    }
    out.println();
    out.println("time: median of the forks, min-max: fastest and slowest fork.");
    out.println("ns/pair: one allocate with its free. us/round: 700 pairs.");
    out.println("garbage: heap bytes per pair.");
    out.println(
        "crate: published for the Rust crate, on another machine, a fresh heap for each round."
            + " x crate: times the middle of that, below 1 is faster.");
    out.println("-shared: all strategies were in use in the same JVM before.");
    out.flush();
  }

  private static void print(RawResult.Row row, PrintWriter out) {
    Workload workload = row.run().workload();
    out.printf(
        ROW,
        workload,
        row.run().strategy(),
        workload.unit(),
        time(row.time().median()),
        time(row.time().min()) + " - " + time(row.time().max()),
        String.format(Locale.ROOT, "%.1f B", row.garbageBytesPerPair().median()),
        workload.published(row.run().strategy()).map(RawText::published).orElse("-"),
        ratio(row.ratioToCrate()));
  }

  private static String published(Workload.Published published) {
    return published.min() == published.max()
        ? decimal(published.min())
        : decimal(published.min()) + " - " + decimal(published.max());
  }

  private static String time(double value) {
    return String.format(Locale.ROOT, "%,.2f", value);
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String ratio(OptionalDouble ratio) {
    return ratio.isPresent() ? time(ratio.getAsDouble()) : "-";
  }
}
