package io.github.litealloc.netty;

/**
 * Thrown when an arena is exhausted and the allocator's policy is {@link ExhaustionPolicy#THROW}.
 * No live buffer is affected; a buffer that failed to grow is as it was.
 */
public final class DirectMemoryExhaustedError extends OutOfMemoryError {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the error, for an {@link ExhaustionHandler} that refuses a request.
   *
   * @param request the request
   */
  // Applications recognise the condition by the type OutOfMemoryError and the text "direct memory".
  public DirectMemoryExhaustedError(Exhaustion request) {
    super(
        "failed to allocate "
            + request.requestedBytes()
            + " byte(s) of direct memory from lite-alloc '"
            + request.allocator()
            + "' (strategy: "
            + request.strategy()
            + ", loop: "
            + request.eventLoop()
            + "): live: "
            + request.usedBytes()
            + ", retained: "
            + request.reservedBytes()
            + ", ceiling: "
            + request.maxBytes()
            + "; raise maxBytes, lower concurrency, or choose ExhaustionPolicy.FALLBACK");
  }
}
