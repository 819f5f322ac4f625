package io.github.litealloc.benchmarks;

import java.util.Locale;
import java.util.OptionalLong;

/** Figures as people read them. The JSON files hold them unrounded. */
public final class Text {

  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  private Text() {}

  /**
   * Writes an amount of memory with three digits or more.
   *
   * @param bytes how many
   * @return for example {@code 4.31 MiB}
   */
  public static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (Math.abs(value) >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0
        ? bytes + " B"
        : String.format(Locale.ROOT, value < 10 ? "%.2f %s" : "%.1f %s", value, UNITS[unit]);
  }

  /**
   * Writes an amount of memory that may be unknown.
   *
   * @param bytes how many, if known
   * @return as {@link #bytes(long)}, or {@code unknown}
   */
  public static String bytes(OptionalLong bytes) {
    return bytes.isPresent() ? bytes(bytes.getAsLong()) : "unknown";
  }

  /**
   * Writes a whole number in groups of three digits.
   *
   * @param count any number
   * @return for example {@code 1,000,000}
   */
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /**
   * Writes a number and its noun.
   *
   * @param count how many
   * @param noun what, in the singular; its plural takes an s
   * @return for example {@code 1 loop}, {@code 2 loops}
   */
  public static String count(long count, String noun) {
    return count(count) + ' ' + noun + (count == 1 ? "" : "s");
  }
}
