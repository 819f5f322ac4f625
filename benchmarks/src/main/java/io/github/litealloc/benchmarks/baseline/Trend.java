package io.github.litealloc.benchmarks.baseline;

import io.github.litealloc.benchmarks.Ratio;
import java.util.Locale;

/** What has become of one figure. */
public enum Trend {
  /** All that it may be now is better than all that it may have been then. */
  BETTER,
  /** The same, worse, and by more than the margin. */
  WORSE,
  /** Within the noise or the margin. */
  SAME,
  /** Then or now was one fork, so that nobody knows the noise. */
  UNDECIDED;

  /** Memory below this is chunks that happened to be needed or not. */
  private static final double NOISE_BYTES = 256 << 10;

  /**
   * Compares a figure of which less is better.
   *
   * @param before what it was
   * @param now what it is
   * @param margin how much worse is allowed, 0.1 for a tenth
   * @return what has become of it
   */
  public static Trend of(Ratio before, Ratio now, double margin) {
    return of(before, now, margin, 0);
  }

  /**
   * Compares a figure of which more is better.
   *
   * @param before what it was
   * @param now what it is
   * @param margin how much worse is allowed; 1 for half of it
   * @return what has become of it
   */
  public static Trend ofMore(Ratio before, Ratio now, double margin) {
    return of(inverse(before), inverse(now), margin, 0);
  }

  private static Ratio inverse(Ratio ratio) {
    return new Ratio(1 / ratio.value(), 1 / ratio.high(), 1 / ratio.low());
  }

  /**
   * Compares amounts of memory.
   *
   * @param before how many bytes there were
   * @param now how many there are
   * @param margin how much more is allowed, 0.1 for a tenth
   * @return what has become of it
   */
  public static Trend ofBytes(Ratio before, Ratio now, double margin) {
    return of(before, now, margin, NOISE_BYTES);
  }

  private static Trend of(Ratio before, Ratio now, double margin, double noise) {
    if (!before.hasInterval() || !now.hasInterval()) {
      return UNDECIDED;
    }
    if (now.low() > before.high() * (1 + margin) + noise) {
      return WORSE;
    }
    return now.high() < before.low() - noise ? BETTER : SAME;
  }

  /** Returns the name for a reader. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
