package io.github.litealloc.internal;

import org.jspecify.annotations.Nullable;

/** What was caught in the middle of something, and is told at its end. */
public final class Failures {

  private Failures() {}

  /**
   * Throws what was caught before, as it is, declared or not.
   *
   * @param caught what was thrown, or nothing
   */
  public static void throwIfAny(@Nullable Throwable caught) {
    if (caught != null) {
      Failures.<RuntimeException>throwAs(caught);
    }
  }

  @SuppressWarnings("unchecked") // so that the compiler sees no checked exception
  private static <T extends Throwable> void throwAs(Throwable caught) throws T {
    throw (T) caught;
  }
}
