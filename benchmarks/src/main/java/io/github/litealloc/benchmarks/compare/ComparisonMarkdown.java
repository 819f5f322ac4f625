package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.jmh.Times;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Prints a comparison as Markdown to paste: the budgets and the times, by setting. */
final class ComparisonMarkdown {

  private ComparisonMarkdown() {}

  static void print(Comparison comparison, PrintWriter out) {
    printHeader(comparison, out);
    out.println();
    printBudgets(comparison, out);
    out.println();
    printTimes(comparison, out);
    if (comparison.fallbackShare() > 0) {
      out.println();
      out.println("**Not every buffer of ours came from an arena.**");
    }
    out.flush();
  }

  private static void printHeader(Comparison comparison, PrintWriter out) {
    Machine machine = comparison.machine();
    Times times = comparison.plan().times();
    out.printf(
        Locale.ROOT,
        "%s; JDK %s; commit %s; %s; load before %.2f for each core; %d forks, warm-up %d x %d ms,"
            + " measured %d x %d ms.%n",
        machine.cpu(),
        machine.jdk(),
        machine.commit(),
        machine.date(),
        machine.load(),
        comparison.rounds(),
        times.warmups(),
        times.iterationMillis(),
        times.measurements(),
        times.iterationMillis());
  }

  private static void printBudgets(Comparison comparison, PrintWriter out) {
    printTableHead("ours and its budget", comparison, out);
    for (Scenario scenario : comparison.plan().scenarios()) {
      for (Candidate candidate : comparison.plan().candidates()) {
        if (!Candidate.PEERS.contains(candidate)) {
          printLine(
              String.format("`%s`, %s: %s", scenario, candidate.id(), scenario.budget()),
              comparison,
              setting ->
                  comparison
                      .row(new ComparePlan.Run(setting, scenario, candidate))
                      .budget()
                      .map(ComparisonMarkdown::cell)
                      .orElse("-"),
              out);
        }
      }
    }
  }

  private static String cell(BudgetCheck check) {
    return String.format(
        "%s: %s (%s) x %s",
        check.outcome(),
        ComparisonText.decimal(check.ratio().value()),
        ComparisonText.interval(check.ratio()),
        check.peer());
  }

  private static void printTimes(Comparison comparison, PrintWriter out) {
    List<Candidate> candidates = comparison.plan().candidates();
    printTableHead(
        "ns: " + candidates.stream().map(Candidate::id).collect(Collectors.joining(" / ")),
        comparison,
        out);
    for (Scenario scenario : comparison.plan().scenarios()) {
      printLine(
          "`" + scenario + '`',
          comparison,
          setting ->
              candidates.stream()
                  .map(candidate -> new ComparePlan.Run(setting, scenario, candidate))
                  .map(run -> nanos(comparison.row(run).figures().nanosPerOp()))
                  .collect(Collectors.joining(" / ")),
          out);
    }
  }

  private static void printTableHead(String first, Comparison comparison, PrintWriter out) {
    printLine(first, comparison, Setting::toString, out);
    out.println("|---".repeat(comparison.plan().settings().size() + 1) + '|');
  }

  private static void printLine(
      String first, Comparison comparison, Function<Setting, String> cell, PrintWriter out) {
    out.println(
        comparison.plan().settings().stream()
            .map(cell)
            .collect(Collectors.joining(" | ", "| " + first + " | ", " |")));
  }

  private static String nanos(double nanos) {
    return String.format(Locale.ROOT, nanos < 100 ? "%.1f" : "%,.0f", nanos);
  }
}
