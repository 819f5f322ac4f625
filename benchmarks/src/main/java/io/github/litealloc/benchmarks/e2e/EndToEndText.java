package io.github.litealloc.benchmarks.e2e;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Spread;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.demo.LoadShape;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/** Prints the results for a reader. */
final class EndToEndText {

  /** Less would be printed as none. */
  private static final double LEAST_PERCENT = 0.01;

  private final EndToEnd results;
  private final PrintWriter out;
  private boolean isAnythingDifferent;
  private boolean isAnythingUnknown;

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
      line(figure.label(), table.rows(), row -> cell(row, figure));
    }
    line("not from arenas", table.rows(), EndToEndText::elsewhere);
    line("failed requests", table.rows(), row -> Text.count(row.failures()));
    for (EndToEnd.Row row : table.rows()) {
      if (row.failures() > 0 || !row.isAnswered()) {
        out.printf("%s: FAILED: %s%n", row.candidate(), failure(row));
      }
    }
    for (EndToEnd.Row own : table.ours()) {
      for (EndToEnd.Row peer : table.peers()) {
        out.printf("%s beside %s: %s%n", own.candidate(), peer.candidate(), beside(own, peer));
      }
    }
  }

  private static String failure(EndToEnd.Row row) {
    String problem = row.firstProblems();
    return (row.isAnswered() ? "" : "a server has answered nothing; ")
        + Text.count(row.failures(), "request")
        + (problem.isEmpty() ? "" : ": " + problem);
  }

  private void line(String name, List<EndToEnd.Row> rows, Function<EndToEnd.Row, String> cell) {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-20s", name));
    rows.forEach(row -> line.append(String.format(Locale.ROOT, "  %30s", cell.apply(row))));
    out.println(line.toString().stripTrailing());
  }

  private static String cell(EndToEnd.Row row, Figure figure) {
    if (!row.knows(figure)) {
      return "unknown";
    }
    Spread spread = row.spread(figure);
    return row.runs().size() == 1
        ? number(spread.median())
        : number(spread.median())
            + " ("
            + number(spread.min())
            + " - "
            + number(spread.max())
            + ')';
  }

  private static String elsewhere(EndToEnd.Row row) {
    if (row.candidate().kind() != AllocatorKind.LITE) {
      return "-";
    }
    double percent = 100 * row.fallbackShare();
    return percent > 0 && percent < LEAST_PERCENT
        ? "less than 0.01 %"
        : String.format(Locale.ROOT, "%.2f %%", percent);
  }

  private String beside(EndToEnd.Row own, EndToEnd.Row peer) {
    boolean isFailed =
        Stream.of(own, peer).anyMatch(row -> row.failures() > 0 || !row.isAnswered());
    if (isFailed) {
      isAnythingUnknown = true;
    }
    return compared(own, peer) + (isFailed ? "; but requests have failed: see above" : "");
  }

  private String compared(EndToEnd.Row own, EndToEnd.Row peer) {
    List<String> differences = new ArrayList<>();
    boolean isAnySame = false;
    for (Difference each : own.differencesFrom(peer)) {
      switch (each.verdict()) {
        case BETTER, WORSE -> differences.add(described(each));
        case NOISE -> isAnySame = true;
        case UNKNOWN -> {
          isAnythingUnknown = true;
          return "one round, so nobody knows what is noise";
        }
      }
    }
    if (differences.isEmpty()) {
      return "no difference beyond noise";
    }
    isAnythingDifferent = true;
    return String.join(", ", differences) + (isAnySame ? "; the rest within noise" : "");
  }

  private static String described(Difference difference) {
    return String.format(
        Locale.ROOT,
        "%s %s x (%s - %s) %s",
        difference.figure().shortLabel(),
        number(difference.ratio().value()),
        number(difference.ratio().low()),
        number(difference.ratio().high()),
        difference.verdict().name().toLowerCase(Locale.ROOT));
  }

  private void conclude() {
    if (!isAnythingDifferent && !isAnythingUnknown) {
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

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f", value);
  }
}
