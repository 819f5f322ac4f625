package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.baseline.ChangeTable;
import java.io.PrintWriter;
import java.util.List;

/** Prints what has changed since an earlier comparison. */
final class BaselineText {

  private static final List<String> COLUMNS = List.of("scenario", "allocator", "setting");

  private static final String EXPLANATION =
      "x: times the peer's time, in the same run. better, worse: the 95 % intervals do not touch, and"
          + " it is worse by more than --margin. undecided: one fork.";

  private BaselineText() {}

  /** Prints, and says whether anything is worse. */
  static boolean print(
      Baseline baseline, List<Baseline.Change> changes, boolean isMarkdown, PrintWriter out) {
    ChangeTable table = new ChangeTable(COLUMNS);
    for (Baseline.Change change : changes) {
      boolean isTime = change.what().startsWith("x ");
      table.add(
          List.of(
              change.run().scenario().toString(),
              change.run().candidate().toString(),
              change.run().setting().toString()),
          change.what(),
          isTime ? ComparisonText.decimal(change.before()) : bytes(change.before()),
          isTime ? ComparisonText.decimal(change.now()) : bytes(change.now()),
          change.trend());
    }
    table.print(baseline.file().name(), EXPLANATION, isMarkdown, out);
    return table.isAnythingWorse();
  }

  private static String bytes(double bytes) {
    return Text.bytes(Math.round(bytes));
  }
}
