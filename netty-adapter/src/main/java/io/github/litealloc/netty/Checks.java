package io.github.litealloc.netty;

/** Refuses what a setting must not be, in the form {@code name: value (expected: ...)}. */
final class Checks {

  private Checks() {}

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
