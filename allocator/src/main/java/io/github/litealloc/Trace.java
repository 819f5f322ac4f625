package io.github.litealloc;

import org.jspecify.annotations.Nullable;

/**
 * Who did something to a block, for the report of a {@link MemoryViolation}.
 *
 * @param thread the name of the thread
 * @param stack where the thread was, or {@code null} unless {@link Hardening.Builder#stackTraces}
 *     is on
 * @since 0.1.0
 */
@SuppressWarnings("exports") // JSpecify annotations, which no user needs to have
public record Trace(String thread, @Nullable Throwable stack) {

  /** The calling thread's. */
  static Trace here(boolean withStack) {
    String thread = Thread.currentThread().getName();
    return new Trace(thread, withStack ? new Throwable("on thread '" + thread + "'") : null);
  }

  @Override
  public String toString() {
    return "thread '" + thread + '\'';
  }
}
