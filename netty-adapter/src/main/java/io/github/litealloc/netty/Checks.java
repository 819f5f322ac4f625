package io.github.litealloc.netty;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Refuses what a setting must not be, in the form {@code name: value (expected: ...)}. */
final class Checks {

  private Checks() {}

  /**
   * Returns the value of a setting.
   *
   * @param expected what it should be: such as {@code "a budget"}
   * @throws NullPointerException if it is {@code null}
   */
  static <T> T requireNonNull(String name, @Nullable T value, String expected) {
    return Objects.requireNonNull(value, () -> name + ": null (expected: " + expected + ')');
  }

  /**
   * Returns 1 in how many buffers is to be sampled.
   *
   * @throws IllegalArgumentException if it is negative
   */
  static int requireSampling(int everyN) {
    if (everyN < 0) {
      throw new IllegalArgumentException(
          "sampling: " + everyN + " (expected: 1 in how many buffers, or 0 for none)");
    }
    return everyN;
  }
}
