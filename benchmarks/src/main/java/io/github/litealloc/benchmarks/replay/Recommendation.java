package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.Arena;
import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.record.TrafficSummary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a replay says that its application should do.
 *
 * @param verdict the advice, one sentence
 * @param change whether it is to change something
 * @param reasons sentences
 * @param lines to paste; none if nothing is to change
 */
record Recommendation(String verdict, boolean change, List<String> reasons, List<String> lines) {
  /*
   * Memory first, for that is what allocators differ in; time only where memory does not decide. What
   * two processes differ in by chance decides nothing: less than a tenth, and of memory less than
   * what a JVM's compiler and collector move about.
   */

  private static final double NOISE = 0.1;
  private static final long NOISE_BYTES = 4 << 20;
  private static final double FEW_ON_LOOPS = 0.5;
  private static final double MOST_ON_LOOPS = 0.95;
  private static final double HEADROOM = 1.5;
  private static final long BUDGET_UNIT = 8 << 20;
  private static final long FLOOR_BYTES = Arena.DEFAULT_FLOOR_BYTES;

  static Recommendation of(Replay replay) {
    TrafficSummary traffic = replay.runs().summary();
    List<String> reasons = new ArrayList<>();
    Optional<Replay.Row> ours = best(replay, row -> row.candidate().kind() == AllocatorKind.LITE);
    Optional<Replay.Row> peer =
        best(
            replay,
            row ->
                row.candidate().kind() != AllocatorKind.LITE
                    && row.candidate().kind() != AllocatorKind.UNPOOLED);
    if (ours.isEmpty() || peer.isEmpty()) {
      return stay("There is nothing to compare: the replay was not complete.", reasons);
    }
    if (traffic.loopShare() < FEW_ON_LOOPS) {
      reasons.add(
          String.format(
              Locale.ROOT,
              "only %.0f %% of the buffers are asked for on event loops, which is where our arenas are;"
                  + " if these threads are event loops under other names, record with --loops",
              100 * traffic.loopShare()));
      return stay("Stay with what you have.", reasons);
    }
    return compared(replay, ours.get(), peer.get(), reasons);
  }

  private static Recommendation compared(
      Replay replay, Replay.Row ours, Replay.Row peer, List<String> reasons) {
    TrafficSummary traffic = replay.runs().summary();
    long ourMemory = memory(ours);
    long peerMemory = memory(peer);
    double ourTime = ours.nanosPerOp().median();
    double peerTime = peer.nanosPerOp().median();
    reasons.add(
        String.format(
            Locale.ROOT,
            "memory, on average: %s %s, %s %s%s",
            ours.candidate(),
            Text.bytes(ourMemory),
            peer.candidate(),
            Text.bytes(peerMemory),
            isClearlyLess(ourMemory, peerMemory) || isClearlyLess(peerMemory, ourMemory)
                ? ""
                : ": no difference that counts"));
    reasons.add(
        String.format(
            Locale.ROOT,
            "time of an operation: %.0f ns and %.0f ns%s",
            ourTime,
            peerTime,
            isClearlyLess(ourTime, peerTime) || isClearlyLess(peerTime, ourTime)
                ? ""
                : ": no difference that counts"));
    reasons.add(itself(traffic, ours));
    if (replay.runs().forks() == 1) {
      reasons.add("from one process each; --forks 3 makes it surer");
    }
    boolean smaller = isClearlyLess(ourMemory, peerMemory);
    boolean larger = isClearlyLess(peerMemory, ourMemory);
    boolean faster = isClearlyLess(ourTime, peerTime);
    boolean slower = isClearlyLess(peerTime, ourTime);
    if (larger || !smaller && !faster) {
      return stay(
          larger && faster
              ? "Stay with " + peer.candidate() + ", unless time matters more to you than memory."
              : "Stay with what you have, if it is " + peer.candidate() + ", or take that.",
          reasons);
    }
    describe(replay, ours, reasons);
    return new Recommendation(
        "Use "
            + ours.candidate()
            + (smaller && slower ? ", unless time matters more to you than memory." : "."),
        true,
        reasons,
        lines(replay, ours));
  }

  /** Compares with the application as it was, not with a replay of it. */
  private static String itself(TrafficSummary traffic, Replay.Row ours) {
    return traffic
        .traffic()
        .chunks()
        .map(
            chunks ->
                "the application itself ("
                    + chunks.owners()
                    + ") held at most "
                    + Text.bytes(chunks.peakBytes())
                    + " in chunks while it was recorded, of those that came or went"
                    + (traffic.chunksHoldThePeak()
                        ? "; "
                        : "; there were others, for more was live; ")
                    + ours.candidate()
                    + " reserved at most "
                    + Text.bytes(ours.median(ReplayResult::peakReserved)))
        .orElse(
            "what the application itself held is unknown: no event of a chunk is in the recording");
  }

  private static void describe(Replay replay, Replay.Row ours, List<String> reasons) {
    TrafficSummary traffic = replay.runs().summary();
    if (traffic.loopShare() < MOST_ON_LOOPS) {
      reasons.add(
          String.format(
              Locale.ROOT,
              "%.0f %% of the buffers are asked for by threads that are no event loops, and come from"
                  + " the fallback allocator, outside of the budget",
              100 * (1 - traffic.loopShare())));
    }
    reasons.add(
        "budget: it held at most "
            + Text.bytes(ours.median(ReplayResult::peakReserved))
            + "; half as much again is room for what was not recorded. "
            + Text.bytes(floors(traffic))
            + " of it are promised to the "
            + Text.count(traffic.loops(), "event loop"));
    reasons.add(
        "floors: no line, for there is nothing to set: each arena of the allocator is sure of its first "
            + Text.bytes(FLOOR_BYTES)
            + " (only an Arena of your own has another floor: Arena.builder().floorBytes)");
    reasons.add(SizeAdvice.of(traffic.traffic()).reason());
  }

  private static List<String> lines(Replay replay, Replay.Row ours) {
    TrafficSummary traffic = replay.runs().summary();
    String strategy = ours.candidate().strategy();
    long mib = budget(ours, traffic) >> 20;
    List<String> lines = new ArrayList<>();
    lines.add("-Dlitealloc.strategy=" + strategy + " -Dlitealloc.maxBytes=" + mib + "m");
    lines.add("");
    lines.add("LiteByteBufAllocator.builder()");
    lines.add("    .strategy(" + SizeAdvice.of(traffic.traffic()).strategy(strategy) + ")");
    lines.add("    .maxBytes(" + mib + "L << 20)");
    lines.add("    .build();");
    return lines;
  }

  private static long floors(TrafficSummary traffic) {
    return FLOOR_BYTES * traffic.loops();
  }

  private static long budget(Replay.Row ours, TrafficSummary traffic) {
    long wanted =
        Math.max(
            Math.round(HEADROOM * ours.median(ReplayResult::peakReserved)),
            ours.median(ReplayResult::peakReserved) + floors(traffic));
    return (wanted + BUDGET_UNIT - 1) / BUDGET_UNIT * BUDGET_UNIT;
  }

  private static Recommendation stay(String verdict, List<String> reasons) {
    return new Recommendation(verdict, false, reasons, List.of());
  }

  /** Returns the fastest of those with the least memory; the first of them that is as good. */
  private static Optional<Replay.Row> best(Replay replay, Predicate<Replay.Row> who) {
    List<Replay.Row> rows = replay.rows().stream().filter(who).toList();
    long least = rows.stream().mapToLong(Recommendation::memory).min().orElse(0);
    List<Replay.Row> small =
        rows.stream().filter(row -> !isClearlyLess(least, memory(row))).toList();
    double fastest =
        small.stream()
            .map(row -> row.nanosPerOp().median())
            .min(Comparator.naturalOrder())
            .orElse(0.0);
    return small.stream()
        .filter(row -> !isClearlyLess(fastest, row.nanosPerOp().median()))
        .findFirst();
  }

  /** Returns what the process had more than before; where nobody tells, what the allocator held. */
  private static long memory(Replay.Row row) {
    long resident = row.median(ReplayResult::meanResident);
    return resident < 0 ? row.median(ReplayResult::meanReserved) : resident;
  }

  private static boolean isClearlyLess(long one, long other) {
    return other - one > Math.max(NOISE_BYTES, NOISE * other);
  }

  private static boolean isClearlyLess(double one, double other) {
    return other - one > NOISE * other;
  }
}
