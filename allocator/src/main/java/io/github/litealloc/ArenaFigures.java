package io.github.litealloc;

import java.util.Arrays;
import java.util.List;

/**
 * One value for each {@link ArenaFigure}, and allocations by size, of one arena at one moment or of
 * several together. Immutable.
 *
 * <p>They fit together: requested ≤ used ≤ pinned ≤ reserved, used + free = reserved, free is kept,
 * never carved, listed or dead, used ≤ its peak, and no more blocks are live than were allocated.
 * No value is negative.
 *
 * @since 0.1.0
 */
public final class ArenaFigures {

  // values() copies at each call.
  private static final ArenaFigure[] ALL = ArenaFigure.values();

  private static final int LENGTH = ALL.length + SizeRange.values().length;

  /** All zero: the sum over no arena. */
  public static final ArenaFigures NONE = new ArenaFigures(new long[LENGTH]);

  /** By figure, and behind them the allocations by size. */
  private final long[] values;

  private ArenaFigures(long[] values) {
    this.values = values;
  }

  static ArenaFigures of(ArenaStatistics statistics) {
    long[] values = new long[LENGTH];
    for (ArenaFigure figure : ALL) {
      values[figure.ordinal()] = Math.max(0, figure.read(statistics));
    }
    long[] sizes = statistics.allocationsByRange();
    System.arraycopy(sizes, 0, values, ALL.length, sizes.length);
    makeFit(values);
    return new ArenaFigures(values);
  }

  /** The order of reading makes a part that is larger than the whole rare, not impossible. */
  private static void makeFit(long[] values) {
    limit(values, ArenaFigure.LIVE_BLOCKS, ArenaFigure.ALLOCATIONS);
    limit(values, ArenaFigure.USED_BYTES, ArenaFigure.RESERVED_BYTES);
    limit(values, ArenaFigure.PINNED_BYTES, ArenaFigure.RESERVED_BYTES);
    raise(values, ArenaFigure.PINNED_BYTES, ArenaFigure.USED_BYTES);
    limit(values, ArenaFigure.COMMITTED_BYTES, ArenaFigure.RESERVED_BYTES);
    limit(values, ArenaFigure.REQUESTED_BYTES, ArenaFigure.USED_BYTES);
    raise(values, ArenaFigure.PEAK_USED_BYTES, ArenaFigure.USED_BYTES);
    raise(values, ArenaFigure.PEAK_RESERVED_BYTES, ArenaFigure.RESERVED_BYTES);
    values[ArenaFigure.FREE_BYTES.ordinal()] =
        values[ArenaFigure.RESERVED_BYTES.ordinal()] - values[ArenaFigure.USED_BYTES.ordinal()];
    limit(values, ArenaFigure.CACHED_BYTES, ArenaFigure.FREE_BYTES);
    divideFree(values);
  }

  /** What can serve a request was found earlier, and may be more than is free now. */
  private static void divideFree(long[] values) {
    long left =
        values[ArenaFigure.FREE_BYTES.ordinal()] - values[ArenaFigure.CACHED_BYTES.ordinal()];
    for (ArenaFigure kind : List.of(ArenaFigure.FREE_BUMP_BYTES, ArenaFigure.FREE_LISTED_BYTES)) {
      values[kind.ordinal()] = Math.min(values[kind.ordinal()], left);
      left -= values[kind.ordinal()];
    }
    values[ArenaFigure.FREE_DEAD_BYTES.ordinal()] = left;
    limit(values, ArenaFigure.FREE_LARGEST_BYTES, ArenaFigure.FREE_BYTES);
  }

  private static void limit(long[] values, ArenaFigure part, ArenaFigure whole) {
    values[part.ordinal()] = Math.min(values[part.ordinal()], values[whole.ordinal()]);
  }

  private static void raise(long[] values, ArenaFigure peak, ArenaFigure level) {
    values[peak.ordinal()] = Math.max(values[peak.ordinal()], values[level.ordinal()]);
  }

  /**
   * Returns one value.
   *
   * @param figure which
   * @return the value, never negative
   */
  public long get(ArenaFigure figure) {
    return values[figure.ordinal()];
  }

  /**
   * Returns how many allocations were for a range of sizes.
   *
   * @param sizes the range
   * @return as {@link ArenaStatistics#allocations(SizeRange)}, never negative
   */
  public long allocations(SizeRange sizes) {
    return values[ALL.length + sizes.ordinal()];
  }

  private static boolean isCounter(int index) {
    return index >= ALL.length || ALL[index].kind() == ArenaFigure.Kind.COUNTER;
  }

  /**
   * Adds, figure by figure; of a {@linkplain ArenaFigure.Kind#GREATEST greatest} one it keeps the
   * greater.
   *
   * @param other what to add
   * @return the sums
   */
  public ArenaFigures plus(ArenaFigures other) {
    long[] sums = values.clone();
    for (int i = 0; i < LENGTH; i++) {
      sums[i] =
          i < ALL.length && ALL[i].kind() == ArenaFigure.Kind.GREATEST
              ? Math.max(sums[i], other.values[i])
              : sums[i] + other.values[i];
    }
    return new ArenaFigures(sums);
  }

  /** {@return what is left of an arena that is gone: the counters, and 0 for all else} */
  public ArenaFigures countersOnly() {
    long[] counters = values.clone();
    for (int i = 0; i < LENGTH; i++) {
      counters[i] = isCounter(i) ? counters[i] : 0;
    }
    return new ArenaFigures(counters);
  }

  /**
   * Keeps counters from falling, which a reader of meters would take for a restart.
   *
   * @param before an earlier reading
   * @return these figures, but of each counter the higher value of both
   */
  public ArenaFigures notBelow(ArenaFigures before) {
    long[] higher = values.clone();
    for (int i = 0; i < LENGTH; i++) {
      higher[i] = isCounter(i) ? Math.max(higher[i], before.values[i]) : higher[i];
    }
    return new ArenaFigures(higher);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ArenaFigures figures && Arrays.equals(values, figures.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("ArenaFigures(");
    for (ArenaFigure figure : ALL) {
      text.append(figure.ordinal() == 0 ? "" : ", ").append(figure.id()).append(": ");
      text.append(get(figure));
    }
    return text.append(')').toString();
  }
}
