package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.jmh.Times;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Prints a comparison as Markdown to paste: the targets and the times, by setting. */
final class ComparisonMarkdown {

  private ComparisonMarkdown() {}

  static void print(Comparison comparison, PrintWriter out) {
    printHeader(comparison, out);
    if (!comparison.problem().isEmpty()) {
      out.println();
      out.println("**Incomplete: " + comparison.problem() + ".**");
    }
    out.println();
    printTargets(comparison, out);
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
            + " measured %d x %d ms; processor %s.%n",
        machine.cpu(),
        machine.jdk(),
        machine.commit(),
        machine.date(),
        machine.load(),
        comparison.rounds(),
        times.warmups(),
        times.iterationMillis(),
        times.measurements(),
        times.iterationMillis(),
        ComparisonText.pinned(comparison));
    comparison.plan().candidates().stream()
        .filter(Contender::isForeign)
        .forEach(foreign -> out.printf("`%s`: %s.%n", foreign, foreign.origin()));
  }

  private static void printTargets(Comparison comparison, PrintWriter out) {
    printTableHead("ours and its target", comparison, out);
    for (Scenario scenario : comparison.plan().scenarios()) {
      for (Contender candidate : comparison.plan().candidates()) {
        if (candidate.role() != Contender.Role.PEER) {
          String line = String.format("`%s`, %s: %s", scenario, candidate.id(), scenario.target());
          printChecks(line, comparison, scenario, candidate, Comparison.Row::target, out);
          if (scenario.kind() == Scenario.Kind.SLICES) {
            printChecks(
                line + ", p90", comparison, scenario, candidate, Comparison.Row::tailTarget, out);
          }
        }
      }
    }
  }

  private static void printChecks(
      String first,
      Comparison comparison,
      Scenario scenario,
      Contender candidate,
      Function<Comparison.Row, Optional<TargetCheck>> check,
      PrintWriter out) {
    printLine(
        first,
        comparison,
        setting ->
            comparison
                .row(new ComparePlan.Run(setting, scenario, candidate))
                .map(
                    row -> check.apply(row).map(ComparisonMarkdown::cell).orElse("-") + arenas(row))
                .orElse("-"),
        out);
  }

  private static String arenas(Comparison.Row row) {
    return row.isOurs() ? ", " + ComparisonText.arenas(row) + " in arenas" : "";
  }

  private static String cell(TargetCheck check) {
    return String.format(
        "%s: %s (%s) x %s",
        check.outcome(),
        ComparisonText.decimal(check.ratio().value()),
        ComparisonText.interval(check.ratio()),
        check.peer());
  }

  private static void printTimes(Comparison comparison, PrintWriter out) {
    printTableHead(
        "ns: "
            + comparison.plan().candidates().stream()
                .map(Contender::id)
                .collect(Collectors.joining(" / ")),
        comparison,
        out);
    for (Scenario scenario : comparison.plan().scenarios()) {
      printTimes("`" + scenario + '`', comparison, scenario, Figures::nanosPerOp, out);
      if (scenario.kind() == Scenario.Kind.SLICES) {
        printTimes("`" + scenario + "`, p90", comparison, scenario, Figures::p90NanosPerOp, out);
        printTimes(
            "`" + scenario + "`, worst", comparison, scenario, Figures::worstNanosPerOp, out);
      }
    }
  }

  private static void printTimes(
      String first,
      Comparison comparison,
      Scenario scenario,
      ToDoubleFunction<Figures> figure,
      PrintWriter out) {
    printLine(
        first,
        comparison,
        setting ->
            comparison.plan().candidates().stream()
                .map(candidate -> new ComparePlan.Run(setting, scenario, candidate))
                .map(
                    run ->
                        comparison
                            .row(run)
                            .map(row -> nanos(figure.applyAsDouble(row.figures())))
                            .orElse("-"))
                .collect(Collectors.joining(" / ")),
        out);
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
