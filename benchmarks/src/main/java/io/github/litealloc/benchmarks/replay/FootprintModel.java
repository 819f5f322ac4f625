package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.Candidate;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How much a strategy reserves at most: what is live at once, and what each loop keeps besides. */
enum FootprintModel {
  HYBRID("hybrid", 224, 3, 32),
  SEGREGATED_BUMP("segregated-bump", 224, 3, 32),
  FREE_LIST("free-list", 128, 1.5, 8),
  BUMP_FREE_LIST("bump-free-list", 160, 2.5, 16);

  /*
   * A loop begins with one chunk. The more it asks for, the more sizes it has met, and the more chunks hold a
   * block of it that is free, or kept for its next request: that takes time, and is counted in doublings. It ends
   * at the limits of what is kept, and is no more than some times what the loop has had live at once. What is live
   * itself comes and goes in chunks, which loops hand on to each other: so the peak of all of them counts, not each
   * one's. Fitted to the points of footprint.csv; FootprintModelTest says how far off it is there.
   */

  private static final double KIB = 1 << 10;
  private static final double CHUNK_KIB = 64;

  private final String strategy;
  private final double mostKeptKib;
  private final double keptPerOwnPeak;
  private final double kibForEachDoubling;

  FootprintModel(
      String strategy, double mostKeptKib, double keptPerOwnPeak, double kibForEachDoubling) {
    this.strategy = strategy;
    this.mostKeptKib = mostKeptKib;
    this.keptPerOwnPeak = keptPerOwnPeak;
    this.kibForEachDoubling = kibForEachDoubling;
  }

  /** Returns the model of a candidate, if it is ours. */
  static Optional<FootprintModel> of(Candidate candidate) {
    return Stream.of(values())
        .filter(model -> model.strategy.equals(candidate.strategy()))
        .findFirst();
  }

  /** Returns the name of the strategy. */
  String strategy() {
    return strategy;
  }

  /** Returns the row of the table in {@code docs/replay.md} that tells all of the model. */
  String row() {
    return String.format(
        Locale.ROOT,
        "| `%s` | %.0f KiB | %s x | %.0f KiB |",
        strategy,
        mostKeptKib,
        String.valueOf(keptPerOwnPeak).replace(".0", ""),
        kibForEachDoubling);
  }

  /** Returns the bytes that are reserved at most. */
  long reservedBytes(LoopDemand demand) {
    double kept = keptKib(demand.askedBytesOfEach() / KIB, demand.ownPeakBytesOfEach() / KIB);
    return Math.round(demand.peakLiveBytes() + demand.loops() * kept * KIB);
  }

  /** Returns what a loop keeps, by what it has asked for since it began and its own peak. */
  private double keptKib(double askedKib, double ownPeakKib) {
    double doublings = Math.max(0, Math.log(askedKib / CHUNK_KIB) / Math.log(2));
    double most = Math.min(mostKeptKib, keptPerOwnPeak * ownPeakKib);
    return Math.max(CHUNK_KIB, Math.min(most, CHUNK_KIB + kibForEachDoubling * doublings));
  }
}
