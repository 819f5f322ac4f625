package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.Text;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Prints a comparison as one table for a reader. */
final class ComparisonText {

  private static final String ROW = "%-28s %-22s %9s %17s %8s %9s %9s %10s%n";

  private ComparisonText() {}

  static void print(Comparison comparison, PrintWriter out) {
    out.print(comparison.machine().header());
    out.print(comparison.plan().times().header(comparison.rounds()));
    out.println("leak detection  " + comparison.plan().leakDetection());
    out.println("JVM options     " + String.join(" ", comparison.jvmOptions()));
    out.println();
    out.printf(
        ROW,
        "scenario",
        "allocator",
        "ns/op",
        "min-max",
        "x pooled",
        "x adapt.",
        "garbage",
        "reserved");
    List<Comparison.Row> rows = comparison.rows();
    for (int i = 0; i < rows.size(); i++) {
      Comparison.Row row = rows.get(i);
      if (i > 0 && !row.scenario().equals(rows.get(i - 1).scenario())) {
        out.println();
      }
      print(row, out);
    }
    out.println();
    out.println(
        "ns/op: median of the forks, min-max: fastest and slowest fork. x: times the peer's time,"
            + " below 1 is faster.");
    out.println(
        "garbage: heap bytes per operation. reserved: peak of direct memory; exact for lite, read"
            + " after each iteration for the peers.");
    printFallbacks(comparison, out);
    out.flush();
  }

  private static void print(Comparison.Row row, PrintWriter out) {
    Figures figures = row.figures();
    out.printf(
        ROW,
        row.scenario(),
        row.candidate(),
        nanos(figures.nanosPerOp()),
        nanos(figures.fastestFork()) + " - " + nanos(figures.slowestFork()),
        ratio(row.ratioToPooled()),
        ratio(row.ratioToAdaptive()),
        String.format(Locale.ROOT, "%.1f B", figures.garbageBytesPerOp()),
        Text.bytes(figures.peakReservedBytes()));
  }

  private static void printFallbacks(Comparison comparison, PrintWriter out) {
    double share = comparison.fallbackShare();
    if (share == 0) {
      out.println("fallback share of lite: 0 %, every buffer came from an arena.");
    } else {
      out.printf(
          Locale.ROOT,
          "fallback share of lite: up to %.4f %%: these figures are NOT those of the arenas.%n",
          100 * share);
    }
  }

  private static String nanos(double nanos) {
    return String.format(Locale.ROOT, "%,.1f", nanos);
  }

  private static String ratio(OptionalDouble ratio) {
    return ratio.isPresent() ? String.format(Locale.ROOT, "%.2f", ratio.getAsDouble()) : "-";
  }
}
