package io.github.litealloc.benchmarks.e2e;

import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.Text;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Prints the results as Markdown to paste: a table for each load, and what differs. */
final class EndToEndMarkdown {

  private EndToEndMarkdown() {}

  static void print(EndToEnd results, PrintWriter out) {
    printHeader(results, out);
    if (!results.problem().isEmpty()) {
      out.println();
      out.println("**Incomplete: " + results.problem() + ".**");
    }
    for (EndToEnd.Table table : results.tables()) {
      out.println();
      print(table, results.plan(), out);
    }
    out.println();
    out.println("What differs beyond noise, by the 95 % confidence interval of the ratio:");
    out.println();
    for (EndToEnd.Table table : results.tables()) {
      for (Beside each : table.besides()) {
        out.printf(
            "- %s: `%s` beside `%s`: %s.%n",
            table.setting(), each.own().candidate().id(), each.peer().candidate().id(), each);
      }
    }
    if (results.isNothingDifferent()) {
      out.println();
      out.println("No allocator differs from another one beyond noise.");
    }
    out.flush();
  }

  private static void printHeader(EndToEnd results, PrintWriter out) {
    Machine machine = results.machine();
    EndToEndPlan plan = results.plan();
    out.printf(
        Locale.ROOT,
        "%s; JDK %s; commit %s; %s; load before %.2f for each core; JVM options `%s`.%n",
        machine.cpu(),
        machine.jdk(),
        machine.commit(),
        machine.date(),
        machine.load(),
        String.join(" ", results.jvmOptions()));
    out.printf(
        "Servers: %s each; %s, bodies around %s, %s, direct memory at most %s. Load: %s, %s that count"
            + " after %s of warm-up. Figures are medians, with the least and the most.%n",
        Text.count(Math.max(1, results.rounds())), // there may have been no time for all
        Text.count(plan.loops(), "event loop"),
        Text.bytes(plan.bodyBytes()),
        plan.isEncrypted() ? "TLS by the JDK" : "no TLS",
        Text.bytes(plan.maxDirectBytes()),
        Text.count(plan.connections(), "connection"),
        Text.count(plan.seconds(), "second"),
        Text.count(plan.warmUpSeconds(), "second"));
  }

  private static void print(EndToEnd.Table table, EndToEndPlan plan, PrintWriter out) {
    line(table.setting().toString(), table.rows(), row -> '`' + row.candidate().id() + '`', out);
    out.println("|---".repeat(table.rows().size() + 1) + '|');
    for (Figure figure : Figure.values()) {
      line(figure.label(), table.rows(), row -> Cells.figure(row, figure), out);
    }
    line("not from arenas", table.rows(), Cells::elsewhere, out);
    line("failed requests", table.rows(), row -> Text.count(row.failures()), out);
    for (EndToEnd.Row row : table.rows()) {
      if (row.failures() > 0 || !row.isAnswered()) {
        out.println();
        out.printf("**`%s` failed: %s.**%n", row.candidate().id(), Cells.failure(row, plan));
      }
    }
  }

  private static void line(
      String first, List<EndToEnd.Row> rows, Function<EndToEnd.Row, String> cell, PrintWriter out) {
    out.println(
        rows.stream()
            .map(cell)
            .map(text -> text.replace("|", "\\|"))
            .collect(Collectors.joining(" | ", "| " + first + " | ", " |")));
  }
}
