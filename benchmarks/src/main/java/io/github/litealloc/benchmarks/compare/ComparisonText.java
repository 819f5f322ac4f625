package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Text;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Prints a comparison for a reader: one table for each setting, and one with the budgets. */
final class ComparisonText {

  private static final String ROW = "%-28s %-22s %9s %17s %8s %8s %8s %9s %10s  %s%n";
  private static final String BUDGET_ROW = "%-28s %-22s %-24s %-18s %6s %14s %-9s %s%n";

  private ComparisonText() {}

  static void print(Comparison comparison, PrintWriter out) {
    out.print(comparison.machine().header());
    out.print(comparison.plan().times().header(comparison.rounds()));
    out.println("JVM options     " + String.join(" ", comparison.jvmOptions()));
    for (Setting setting : comparison.plan().settings()) {
      printTable(comparison, setting, out);
    }
    out.println();
    out.println(
        "ns/op: median of the forks, min-max: fastest and slowest fork. x: times the peer's time,"
            + " below 1 is faster.");
    out.println(
        "garbage: heap bytes per operation. reserved: peak of direct memory; exact for lite, read"
            + " after each iteration for the peers.");
    printFallbacks(comparison, out);
    printBudgets(comparison, out);
    out.flush();
  }

  private static void printTable(Comparison comparison, Setting setting, PrintWriter out) {
    out.println();
    out.println(setting.jdk() + ", leak detection " + setting.leakDetection());
    out.println();
    out.printf(
        ROW,
        "scenario",
        "allocator",
        "ns/op",
        "min-max",
        "x pooled",
        "x adapt.",
        "x unpool",
        "garbage",
        "reserved",
        "budget");
    List<Comparison.Row> rows = comparison.rowsOf(setting);
    for (int i = 0; i < rows.size(); i++) {
      Comparison.Row row = rows.get(i);
      if (i > 0 && !row.run().scenario().equals(rows.get(i - 1).run().scenario())) {
        out.println();
      }
      print(row, out);
    }
  }

  private static void print(Comparison.Row row, PrintWriter out) {
    Figures figures = row.figures();
    out.printf(
        ROW,
        row.run().scenario(),
        row.run().candidate(),
        nanos(figures.nanosPerOp()),
        nanos(figures.fastestFork()) + " - " + nanos(figures.slowestFork()),
        ratio(row.ratioTo(AllocatorKind.POOLED)),
        ratio(row.ratioTo(AllocatorKind.ADAPTIVE)),
        ratio(row.ratioTo(AllocatorKind.UNPOOLED)),
        String.format(Locale.ROOT, "%.1f B", figures.garbageBytesPerOp()),
        Text.bytes(figures.peakReservedBytes()),
        row.budget().map(check -> check.budget() + ": " + check.verdict()).orElse("-"));
  }

  private static void printBudgets(Comparison comparison, PrintWriter out) {
    out.println();
    out.printf(
        BUDGET_ROW,
        "budget of",
        "allocator",
        "setting",
        "budget",
        "ratio",
        "95 %",
        "peer",
        "verdict");
    for (Scenario scenario : comparison.plan().scenarios()) {
      for (Comparison.Row row : comparison.rows()) {
        if (row.run().scenario().equals(scenario)) {
          row.budget().ifPresent(check -> print(row.run(), check, out));
        }
      }
    }
    out.println();
    out.println(
        "ratio: geometric mean of the rounds, times the time of that peer. 95 %: its confidence"
            + " interval. undecided: the budget lies in it, or there was one round only; more"
            + " --forks narrow it.");
  }

  private static void print(ComparePlan.Run run, BudgetCheck check, PrintWriter out) {
    out.printf(
        BUDGET_ROW,
        run.scenario(),
        run.candidate(),
        run.setting(),
        check.budget(),
        decimal(check.ratio().value()),
        interval(check.ratio()),
        check.peer(),
        check.outcome());
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

  private static String ratio(Optional<Ratio> ratio) {
    return ratio.map(known -> decimal(known.value())).orElse("-");
  }

  /** Returns an interval for a reader: {@code 0.49 - 0.53}. */
  static String interval(Ratio ratio) {
    return ratio.hasInterval() ? decimal(ratio.low()) + " - " + decimal(ratio.high()) : "-";
  }

  /** Returns a ratio for a reader: {@code 0.51}. */
  static String decimal(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
