package io.github.litealloc.internal;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Refuses arguments, in the form of all our messages: name, value, what is expected. */
public final class Require {

  private Require() {}

  /**
   * Refuses null, which nothing in the signature forbids at run time.
   *
   * @param value the argument
   * @param name its name
   * @param expected what it should be, such as {@code "a StrategyFactory"}
   * @param <T> its type
   * @return the argument
   * @throws NullPointerException if it is null
   */
  public static <T> T nonNull(@Nullable T value, String name, String expected) {
    return Objects.requireNonNull(value, () -> name + ": null (expected: " + expected + ')');
  }

  /**
   * Refuses a text that names nothing.
   *
   * @param value the argument
   * @param name its name
   * @return the argument
   * @throws NullPointerException if it is null
   * @throws IllegalArgumentException if it is empty or blank
   */
  public static String nonEmpty(@Nullable String value, String name) {
    String text = nonNull(value, name, "some text");
    if (text.isBlank()) {
      throw new IllegalArgumentException(
          name + ": '" + text + "' (expected: a text with at least one visible character)");
    }
    return text;
  }

  /**
   * Returns a size that is 0 or a positive multiple of another one.
   *
   * @param unit the other size
   * @param value what was given
   * @param name its name in messages
   * @return the value
   * @throws IllegalArgumentException if it is not
   */
  public static long multipleOf(int unit, long value, String name) {
    if (value < 0 || value % unit != 0) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: 0 or a positive multiple of " + unit + ')');
    }
    return value;
  }

  /**
   * Refuses what is less than 0.
   *
   * @param value the value
   * @param name what it is called
   * @throws IllegalArgumentException if it is negative
   */
  public static void notNegative(long value, String name) {
    if (value < 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
    }
  }
}
