package io.github.litealloc.benchmarks.e2e;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.DirectMemory;
import io.github.litealloc.benchmarks.Spread;
import io.github.litealloc.benchmarks.Text;
import java.util.Locale;

/** What stands in the cells of tables. */
final class Cells {

  /** Less would be printed as none. */
  private static final double LEAST_PERCENT = 0.01;

  private Cells() {}

  /** Returns a figure: the median of the servers, with the least and the most. */
  static String figure(EndToEnd.Row row, Figure figure) {
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

  /** Returns the share of our buffers that no arena served. */
  static String elsewhere(EndToEnd.Row row) {
    return row.candidate().kind() == AllocatorKind.LITE ? percent(row.fallbackShare()) : "-";
  }

  static String percent(double share) {
    double percent = 100 * share;
    return percent > 0 && percent < LEAST_PERCENT
        ? "less than 0.01 %"
        : String.format(Locale.ROOT, "%.2f %%", percent);
  }

  /**
   * Returns what went wrong, of a row where something did, and what helps unless it was asked for.
   */
  static String failure(EndToEnd.Row row, EndToEndPlan plan) {
    String problem = row.firstProblems();
    return (row.isAnswered() ? "" : "a server has answered nothing; ")
        + Text.count(row.failures(), "request")
        + (problem.isEmpty() ? "" : ": " + problem)
        + (plan.ceiling().isEmpty() ? DirectMemory.advice(problem) : "");
  }

  static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f", value);
  }
}
