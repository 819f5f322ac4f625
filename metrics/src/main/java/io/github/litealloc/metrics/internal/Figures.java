package io.github.litealloc.metrics.internal;

import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.netty.ArenaTotals;
import java.util.Arrays;

/** One value for each {@link Figure}, of an arena or of several together. Immutable. */
public final class Figures {

  /** All zero. */
  public static final Figures NONE = new Figures(new long[Figure.values().length]);

  // values() copies at each call.
  private static final Figure[] ALL = Figure.values();

  private final long[] values;

  private Figures(long[] values) {
    this.values = values;
  }

  /** Reads a live or ended arena. */
  static Figures of(ArenaStatistics statistics) {
    long[] values = new long[ALL.length];
    for (Figure figure : ALL) {
      values[figure.ordinal()] = Math.max(0, figure.read(statistics));
    }
    // The order of reading makes an inner figure larger than its outer one rare, not impossible.
    limit(values, Figure.PINNED, Figure.RESERVED);
    limit(values, Figure.USED, Figure.PINNED);
    limit(values, Figure.REQUESTED, Figure.USED);
    limit(values, Figure.LIVE_BUFFERS, Figure.ALLOCATIONS);
    int peak = Figure.PEAK_USED.ordinal();
    values[peak] = Math.max(values[peak], values[Figure.USED.ordinal()]);
    return new Figures(values);
  }

  /** Reads the counters of arenas that are gone; their gauges are 0. */
  static Figures of(ArenaTotals totals) {
    long[] values = new long[ALL.length];
    for (Figure figure : ALL) {
      values[figure.ordinal()] = Math.max(0, figure.read(totals));
    }
    return new Figures(values);
  }

  private static void limit(long[] values, Figure inner, Figure outer) {
    values[inner.ordinal()] = Math.min(values[inner.ordinal()], values[outer.ordinal()]);
  }

  /**
   * Returns one value.
   *
   * @param figure which
   * @return the value, never negative
   */
  public long get(Figure figure) {
    return values[figure.ordinal()];
  }

  /**
   * Adds, figure by figure.
   *
   * @param other what to add
   * @return the sums
   */
  public Figures plus(Figures other) {
    long[] sums = values.clone();
    for (int i = 0; i < sums.length; i++) {
      sums[i] += other.values[i];
    }
    return new Figures(sums);
  }

  /**
   * Keeps the counters and sets the gauges to 0: what is left of an arena that is gone.
   *
   * @return the counters
   */
  public Figures countersOnly() {
    long[] counters = values.clone();
    for (Figure figure : ALL) {
      if (!figure.isCounter()) {
        counters[figure.ordinal()] = 0;
      }
    }
    return new Figures(counters);
  }

  /** Keeps each counter from being lower than before, which a backend would take for a restart. */
  Figures notBelow(Figures before) {
    long[] higher = values.clone();
    for (Figure figure : ALL) {
      if (figure.isCounter()) {
        int i = figure.ordinal();
        higher[i] = Math.max(higher[i], before.values[i]);
      }
    }
    return new Figures(higher);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Figures figures && Arrays.equals(values, figures.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Figures(");
    for (Figure figure : ALL) {
      text.append(figure.ordinal() == 0 ? "" : ", ")
          .append(figure)
          .append(": ")
          .append(get(figure));
    }
    return text.append(')').toString();
  }
}
