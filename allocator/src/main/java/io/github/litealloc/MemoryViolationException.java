package io.github.litealloc;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by an arena that has found a {@link MemoryViolation}, unless its {@link Hardening} names
 * somebody else to tell. The arena has repaired its own state and can be used on; what the thrower
 * was asked to do is described at {@link Hardening}.
 *
 * <p>The cause, where stack traces are recorded, is where the block was released, or else
 * allocated; if both are known, the allocation is the suppressed exception.
 *
 * @since 0.1.0
 */
public final class MemoryViolationException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  private final transient MemoryViolation violation;

  MemoryViolationException(MemoryViolation violation) {
    super(violation.message());
    this.violation = violation;
    Throwable allocated = stackOf(violation.allocated());
    Throwable released = stackOf(violation.released());
    if (released != null) {
      initCause(released);
      if (allocated != null) {
        addSuppressed(allocated);
      }
    } else if (allocated != null) {
      initCause(allocated);
    }
  }

  private static @Nullable Throwable stackOf(@Nullable Trace trace) {
    return trace == null ? null : trace.stack();
  }

  /** {@return what was found} */
  public MemoryViolation violation() {
    return violation;
  }
}
