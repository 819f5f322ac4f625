package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.Ratio;
import io.github.litealloc.benchmarks.Text;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Prints a comparison for a reader: one table for each setting, and one with the targets. */
final class ComparisonText {

  private static final String ROW_BEGIN = "%-28s %-22s %9s %17s %9s %9s %9s";
  private static final String ROW_END = " %9s %10s %8s  %s%n";
  private static final String TARGET_ROW = "%-28s %-22s %-24s %-20s %6s %14s %-14s %s%n";

  /** Of fewer, the fastest may be none that nothing has disturbed. */
  private static final int ENOUGH_ROUNDS = 50;

  /** What stands before a scenario's name where the slow slices are meant. */
  private static final String TAIL = "p90 of ";

  private ComparisonText() {}

  static void print(Comparison comparison, PrintWriter out) {
    out.print(comparison.machine().header());
    out.print(comparison.plan().times().header(comparison.rounds()));
    if (!comparison.problem().isEmpty()) {
      out.println("INCOMPLETE      " + comparison.problem());
    }
    out.println("processor       " + pinned(comparison));
    out.println("JVM options     " + String.join(" ", comparison.jvmOptions()));
    comparison.plan().seed().ifPresent(seed -> out.println("seed            " + seed));
    comparison.plan().candidates().stream()
        .filter(Contender::isForeign)
        .forEach(foreign -> out.printf("%-15s %s%n", foreign, foreign.origin()));
    for (Setting setting : comparison.plan().settings()) {
      printTable(comparison, setting, out);
    }
    out.println();
    out.println(
        "ns/op: of each fork the fastest round, of them the median; min-max: the fastest and the"
            + " slowest fork. p10: a tenth of the rounds is faster.");
    out.println(
        "replace-in-order: ns/op is the median of slices of 50 ms, p90 is exceeded by a tenth of"
            + " them, worst is the slowest.");
    out.println(
        "x: times the other's time, below 1 is faster. garbage: heap bytes per operation. reserved:"
            + " peak of direct memory; exact for lite, read after each iteration for others. arenas:"
            + " share of the buffers that came from an arena of ours.");
    comparison
        .fewestRounds()
        .ifPresent(
            rounds ->
                out.printf(
                    "rounds: at least %d in each fork%s%n",
                    rounds,
                    rounds < ENOUGH_ROUNDS
                        ? ": FEW, for the machine is busy or an operation slow"
                        : "."));
    printFallbacks(comparison, out);
    printTargets(comparison, out);
    printOthers(comparison, out);
    out.flush();
  }

  /** Says whether the measuring JVMs were kept on one processor. */
  static String pinned(Comparison comparison) {
    if (comparison.processor().isPresent()) {
      return "pinned to number "
          + comparison.processor().getAsInt()
          + " while measured, but for what needs several (remote-release, threads, loops)";
    }
    boolean isWanted =
        comparison.rows().stream()
            .anyMatch(row -> row.run().scenario().kind() != Scenario.Kind.TWO_THREADS);
    return isWanted
        ? "NOT pinned, for there is no taskset: expect wide min-max"
        : "not pinned, for several threads were measured";
  }

  private static List<Contender> others(Comparison comparison) {
    return comparison.plan().candidates().stream()
        .filter(candidate -> candidate.role() != Contender.Role.OURS)
        .toList();
  }

  private static void printTable(Comparison comparison, Setting setting, PrintWriter out) {
    out.println();
    out.println(setting.jdk() + ", leak detection " + setting.leakDetection());
    out.println();
    out.printf(ROW_BEGIN, "scenario", "allocator", "ns/op", "min-max", "p10", "p90", "worst");
    for (Contender other : others(comparison)) {
      out.printf(column(other), times(other));
    }
    out.printf(ROW_END, "garbage", "reserved", "arenas", "target");
    List<Comparison.Row> rows = comparison.rowsOf(setting);
    for (int i = 0; i < rows.size(); i++) {
      Comparison.Row row = rows.get(i);
      if (i > 0 && !row.run().scenario().equals(rows.get(i - 1).run().scenario())) {
        out.println();
      }
      print(row, others(comparison), out);
    }
  }

  private static void print(Comparison.Row row, List<Contender> others, PrintWriter out) {
    Figures figures = row.figures();
    out.printf(
        ROW_BEGIN,
        row.run().scenario(),
        row.run().candidate(),
        nanos(figures.nanosPerOp()),
        nanos(figures.fastestFork()) + " - " + nanos(figures.slowestFork()),
        nanos(figures.p10NanosPerOp()),
        figures.hasTail() ? nanos(figures.p90NanosPerOp()) : "-",
        figures.hasTail() ? nanos(figures.worstNanosPerOp()) : "-");
    for (Contender other : others) {
      out.printf(column(other), ratio(row.ratioTo(other)));
    }
    out.printf(
        ROW_END,
        String.format(Locale.ROOT, "%.1f B", figures.garbageBytesPerOp()),
        figures.peakReservedBytes() < 0 ? "unknown" : Text.bytes(figures.peakReservedBytes()),
        row.isOurs() ? arenas(row) : "-",
        row.target().map(check -> target(row.run()) + ": " + check.verdict()).orElse("-"));
  }

  private static String times(Contender other) {
    return "x " + other.id();
  }

  private static String column(Contender other) {
    return " %" + times(other).length() + 's';
  }

  private static String target(ComparePlan.Run run) {
    return run.scenario().target().of(run.setting().leakDetection());
  }

  private static void printTargets(Comparison comparison, PrintWriter out) {
    out.println();
    out.printf(
        TARGET_ROW,
        "target of",
        "allocator",
        "setting",
        "target",
        "ratio",
        "95 %",
        "best peer",
        "verdict");
    for (Scenario scenario : comparison.plan().scenarios()) {
      for (Comparison.Row row : comparison.rows()) {
        if (row.run().scenario().equals(scenario)) {
          row.target().ifPresent(check -> print(row.run(), "", check, out));
          row.tailTarget().ifPresent(check -> print(row.run(), TAIL, check, out));
        }
      }
    }
    out.println();
    out.println(
        "ratio: geometric mean of the forks, times the time of that peer. 95 %: its confidence"
            + " interval. undecided: the target lies in it, or there was one fork only; more"
            + " --forks narrow it.");
  }

  private static void print(
      ComparePlan.Run run, String figure, TargetCheck check, PrintWriter out) {
    out.printf(
        TARGET_ROW,
        figure + run.scenario(),
        run.candidate(),
        run.setting(),
        target(run),
        decimal(check.ratio().value()),
        interval(check.ratio()),
        check.peer(),
        check.outcome());
  }

  /** Shows ours beside what is no peer, such as another version of ours. */
  private static void printOthers(Comparison comparison, PrintWriter out) {
    List<Contender> others =
        others(comparison).stream()
            .filter(candidate -> candidate.role() == Contender.Role.OTHER)
            .toList();
    if (others.isEmpty()) {
      return;
    }
    out.println();
    out.printf(
        TARGET_ROW, "ours beside others", "allocator", "setting", "", "ratio", "95 %", "of", "");
    for (Scenario scenario : comparison.plan().scenarios()) {
      for (Comparison.Row row : comparison.rows()) {
        if (row.run().scenario().equals(scenario) && row.isOurs()) {
          for (Contender other : others) {
            row.ratioTo(other).ifPresent(ratio -> print(row.run(), other, ratio, out));
          }
        }
      }
    }
  }

  private static void print(ComparePlan.Run run, Contender other, Ratio ratio, PrintWriter out) {
    out.printf(
        TARGET_ROW,
        run.scenario(),
        run.candidate(),
        run.setting(),
        "",
        decimal(ratio.value()),
        interval(ratio),
        other,
        "");
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

  /** Returns the share of the buffers of ours that came from an arena: {@code 100 %}. */
  static String arenas(Comparison.Row row) {
    double share = 100 * (1 - row.figures().fallbackShare());
    // Never 100 if one was not.
    return share == 100 ? "100 %" : String.format(Locale.ROOT, "%.1f %%", Math.min(share, 99.9));
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
