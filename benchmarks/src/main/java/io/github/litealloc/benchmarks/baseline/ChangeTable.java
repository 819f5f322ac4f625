package io.github.litealloc.benchmarks.baseline;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Prints what has changed, a line for each figure. */
public final class ChangeTable {

  private static final List<String> LAST_COLUMNS = List.of("figure", "before", "now", "verdict");
  private static final String GAP = "  ";

  private final List<String> columns;
  private final List<List<String>> rows = new ArrayList<>();
  private boolean isAnythingWorse;

  /**
   * Makes an empty table.
   *
   * @param columns what tells where a figure was measured
   */
  public ChangeTable(List<String> columns) {
    this.columns = Stream.concat(columns.stream(), LAST_COLUMNS.stream()).toList();
  }

  /**
   * Adds a line.
   *
   * @param where in the order of the columns
   * @param figure which one
   * @param before what it was
   * @param now what it is
   * @param trend what has become of it
   */
  public void add(List<String> where, String figure, String before, String now, Trend trend) {
    isAnythingWorse |= trend == Trend.WORSE;
    rows.add(
        Stream.concat(where.stream(), Stream.of(figure, before, now, trend.toString())).toList());
  }

  /**
   * Says whether a figure is worse.
   *
   * @return {@code false} if none is
   */
  public boolean isAnythingWorse() {
    return isAnythingWorse;
  }

  /**
   * Prints.
   *
   * @param since the name of what is compared with
   * @param explanation of the words in the table
   * @param isMarkdown whether to print Markdown
   * @param out where to
   */
  public void print(String since, String explanation, boolean isMarkdown, PrintWriter out) {
    out.println();
    out.println((isMarkdown ? "Since " : "since ") + since + (isMarkdown ? ":\n" : ""));
    if (rows.isEmpty()) {
      out.println("nothing of ours was measured then and now");
    } else if (isMarkdown) {
      out.println(line(columns));
      out.println("|---".repeat(columns.size()) + '|');
      rows.forEach(row -> out.println(line(row)));
      out.println();
      out.println(explanation);
    } else {
      int[] widths =
          IntStream.range(0, columns.size())
              .map(
                  column ->
                      Stream.concat(Stream.of(columns), rows.stream())
                          .mapToInt(row -> row.get(column).length())
                          .max()
                          .orElse(0))
              .toArray();
      Stream.concat(Stream.of(columns), rows.stream())
          .forEach(row -> out.println(padded(row, widths)));
      out.println(explanation);
    }
    out.flush();
  }

  private static String line(List<String> cells) {
    return cells.stream().collect(Collectors.joining(" | ", "| ", " |"));
  }

  private static String padded(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      line.append(cells.get(i)).append(" ".repeat(widths[i] - cells.get(i).length())).append(GAP);
    }
    return line.toString().stripTrailing();
  }
}
