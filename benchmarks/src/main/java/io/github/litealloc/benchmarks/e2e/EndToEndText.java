package io.github.litealloc.benchmarks.e2e;

import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.demo.load.LoadShape;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Prints the results for a reader. */
final class EndToEndText {

  private final EndToEnd results;
  private final PrintWriter out;

  private EndToEndText(EndToEnd results, PrintWriter out) {
    this.results = results;
    this.out = out;
  }

  static void print(EndToEnd results, PrintWriter out) {
    new EndToEndText(results, out).print();
    out.flush();
  }

  private void print() {
    EndToEndPlan plan = results.plan();
    out.print(results.machine().header());
    out.println("JVM options     " + String.join(" ", results.jvmOptions()));
    out.printf(
        "servers         %s each; %s, bodies %s %s, %s, direct memory at most %s%n",
        Text.count(Math.max(1, results.rounds())), // there may have been no time for all
        Text.count(plan.loops(), "event loop"),
        plan.settings().stream().anyMatch(setting -> setting.tool().isBuiltIn()) ? "around" : "of",
        Text.bytes(plan.bodyBytes()),
        plan.isEncrypted() ? "TLS by the JDK" : "no TLS",
        Text.bytes(plan.maxDirectBytes()));
    out.printf(
        "load            %s, %s that count after %s of warm-up%n",
        Text.count(plan.connections(), "connection"),
        Text.count(plan.seconds(), "second"),
        Text.count(plan.warmUpSeconds(), "second"));
    if (!results.problem().isEmpty()) {
      out.println("INCOMPLETE      " + results.problem());
    }
    for (EndToEnd.Table table : results.tables()) {
      out.println();
      print(table);
    }
    out.println();
    conclude();
  }

  private void print(EndToEnd.Table table) {
    out.println(table.setting());
    line("", table.rows(), row -> row.candidate().toString());
    for (Figure figure : Figure.values()) {
      line(figure.label(), table.rows(), row -> Cells.figure(row, figure));
    }
    line("not from arenas", table.rows(), Cells::elsewhere);
    line("failed requests", table.rows(), row -> Text.count(row.failures()));
    for (EndToEnd.Row row : table.rows()) {
      if (row.failures() > 0 || !row.isAnswered()) {
        out.printf("%s: FAILED: %s%n", row.candidate(), Cells.failure(row, results.plan()));
      }
    }
    for (Beside each : table.besides()) {
      out.printf("%s beside %s: %s%n", each.own().candidate(), each.peer().candidate(), each);
    }
  }

  private void line(String name, List<EndToEnd.Row> rows, Function<EndToEnd.Row, String> cell) {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-20s", name));
    rows.forEach(row -> line.append(String.format(Locale.ROOT, "  %30s", cell.apply(row))));
    out.println(line.toString().stripTrailing());
  }

  private void conclude() {
    if (results.isNothingDifferent()) {
      out.println("No allocator differs from another one beyond noise.");
    }
    out.println(
        "A figure is the median of the servers, with the least and the most. It differs if the whole 95 %"
            + " confidence interval of the ratio does; of twenty that are the same, one looks different.");
    out.println(
        "resident: of the server's process, above what it had before its first connection. p50, p99,"
            + " p99.9: of clients that wait for answers before they ask again.");
    if (has(setting -> setting.tool().isBuiltIn())) {
      out.println(
          "built-in: GET and POST in equal parts, every byte checked, four requests in flight on each"
              + " connection, on the same machine.");
    }
    if (has(setting -> !setting.tool().isBuiltIn())) {
      out.println("wrk, h2load: GET; one thread; h2load has four streams on each connection.");
    }
    if (has(setting -> setting.shape() == LoadShape.BURSTS)) {
      out.println(
          "bursts: a third of each cycle is load, the rest silence; requests/s is over both.");
    }
    if (has(setting -> setting.shape() == LoadShape.SLOW_READERS)) {
      out.println(
          "slow-readers: one connection in four is one; the figures are those of the others.");
    }
  }

  private boolean has(Function<EndToEndPlan.Setting, Boolean> property) {
    return results.tables().stream().anyMatch(table -> property.apply(table.setting()));
  }
}
