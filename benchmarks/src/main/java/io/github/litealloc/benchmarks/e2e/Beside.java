package io.github.litealloc.benchmarks.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * One of ours beside a peer.
 *
 * @param own ours
 * @param peer the other one
 * @param differences beyond noise
 * @param isAnySame whether there are figures that do not differ beyond noise
 * @param isNoiseKnown whether there was more than one round
 */
record Beside(
    EndToEnd.Row own,
    EndToEnd.Row peer,
    List<Difference> differences,
    boolean isAnySame,
    boolean isNoiseKnown) {

  static Beside of(EndToEnd.Row own, EndToEnd.Row peer) {
    List<Difference> beyondNoise = new ArrayList<>();
    boolean isAnySame = false;
    boolean isNoiseKnown = true;
    for (Difference each : own.differencesFrom(peer)) {
      switch (each.verdict()) {
        case BETTER, WORSE -> beyondNoise.add(each);
        case NOISE -> isAnySame = true;
        case UNKNOWN -> isNoiseKnown = false;
      }
    }
    return new Beside(own, peer, beyondNoise, isAnySame, isNoiseKnown);
  }

  /** Says whether all that was asked for was answered. */
  boolean isComplete() {
    return Stream.of(own, peer).allMatch(row -> row.failures() == 0 && row.isAnswered());
  }

  boolean isAnythingDifferent() {
    return isNoiseKnown && !differences.isEmpty();
  }

  /** Returns all of it in one line, without the names of the two. */
  @Override
  public String toString() {
    return compared() + (isComplete() ? "" : "; but requests have failed: see above");
  }

  private String compared() {
    if (!isNoiseKnown) {
      return "one round, so nobody knows what is noise";
    }
    return differences.isEmpty()
        ? "no difference beyond noise"
        : String.join(", ", differences.stream().map(Beside::described).toList())
            + (isAnySame ? "; the rest within noise" : "");
  }

  private static String described(Difference difference) {
    return String.format(
        Locale.ROOT,
        "%s %s x (%s - %s) %s",
        difference.figure().shortLabel(),
        Cells.number(difference.ratio().value()),
        Cells.number(difference.ratio().low()),
        Cells.number(difference.ratio().high()),
        difference.verdict().name().toLowerCase(Locale.ROOT));
  }
}
