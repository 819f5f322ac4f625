package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.Text;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Prints what has changed since an earlier comparison. */
final class BaselineText {

  private static final String ROW = "%-28s %-22s %-24s %-12s %10s %10s  %s%n";

  private BaselineText() {}

  static void print(Baseline baseline, List<Baseline.Change> changes, PrintWriter out) {
    out.println();
    out.println("since " + baseline.name());
    if (changes.isEmpty()) {
      out.println("nothing of ours was measured then and now");
    } else {
      out.printf(ROW, "scenario", "allocator", "setting", "figure", "before", "now", "verdict");
      changes.forEach(change -> print(change, out));
      out.println(
          "x: times the peer's time, in the same run. better, worse: the 95 % intervals do not touch, and"
              + " it is worse by more than --margin. undecided: one fork.");
    }
    out.flush();
  }

  private static void print(Baseline.Change change, PrintWriter out) {
    boolean time = change.what().startsWith("x ");
    out.printf(
        ROW,
        change.run().scenario(),
        change.run().candidate(),
        change.run().setting(),
        change.what(),
        time ? ComparisonText.decimal(change.before()) : Text.bytes(Math.round(change.before())),
        time ? ComparisonText.decimal(change.now()) : Text.bytes(Math.round(change.now())),
        change.verdict().name().toLowerCase(Locale.ROOT));
  }
}
