package io.github.litealloc.spring;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A number of bytes as people write it: {@code 65536}, {@code 256m} as in our system properties, or
 * {@code 256MB} as elsewhere in Spring Boot, which all count in powers of 1,024.
 *
 * @param bytes how many
 * @since 0.1.0
 */
public record ByteSize(long bytes) {

  private static final Pattern TEXT = Pattern.compile("(\\d{1,19})\\s*(?:([kmg])b?|b)?");

  /**
   * Reads a size. Spring's conversion finds this method by its name.
   *
   * @param text a number, with or without a unit
   * @return the size
   * @throws IllegalArgumentException if it is no size
   */
  public static ByteSize valueOf(String text) {
    Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (matcher.matches()) {
      long factor = factor(matcher.group(2));
      try {
        return new ByteSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), factor));
      } catch (ArithmeticException | NumberFormatException e) {
        // Too large: as below. Without it as a cause, for Boot's report shows the last one only.
      }
    }
    throw new IllegalArgumentException(
        "'" + text + "' (expected: bytes, or a number with k, m or g, such as 256m or 256MB)");
  }

  private static long factor(@Nullable String unit) {
    return unit == null ? 1 : 1L << (10 * ("kmg".indexOf(unit) + 1));
  }

  @Override
  public String toString() {
    return Long.toString(bytes);
  }
}
