package io.github.litealloc.netty;

/**
 * Thrown when an arena is exhausted and the allocator's policy is {@link ExhaustionPolicy#THROW}.
 * No live buffer is affected; a buffer that failed to grow is as it was.
 */
public final class DirectMemoryExhaustedError extends OutOfMemoryError {

  private static final long serialVersionUID = 1L;

  // Applications recognise the condition by the type OutOfMemoryError and the text "direct memory".
  DirectMemoryExhaustedError(
      String allocator, String strategy, int asked, long live, long retained, long allowed) {
    super(
        "failed to allocate "
            + asked
            + " byte(s) of direct memory from lite-alloc '"
            + allocator
            + "' ("
            + strategy
            + "): live: "
            + live
            + ", reserved: "
            + retained
            + ", allowed: "
            + allowed
            + "; raise maxBytes, lower concurrency, or choose ExhaustionPolicy.FALLBACK");
  }
}
