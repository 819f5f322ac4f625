package io.github.litealloc.netty;

import io.github.litealloc.memory.Refusal;

/**
 * Thrown when an arena is exhausted, or the allocator closed, and its policy is {@link
 * ExhaustionPolicy#THROW}. An {@link OutOfMemoryError}, so Netty closes a channel that cannot read
 * for it. No live buffer is affected; a buffer that failed to grow is as it was.
 *
 * @since 0.1.0
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
            + "): refused by "
            + refuser(request)
            + "; live: "
            + request.usedBytes()
            + ", retained: "
            + request.reservedBytes()
            + ", ceiling: "
            + request.maxBytes()
            + "; "
            + advice(request));
  }

  private DirectMemoryExhaustedError(String message) {
    super(message);
  }

  /** For a request to an allocator that has no arenas any more. */
  static DirectMemoryExhaustedError ofClosed(String allocator, int requestedBytes) {
    return new DirectMemoryExhaustedError(
        "failed to allocate "
            + requestedBytes
            + " byte(s) of direct memory from lite-alloc '"
            + allocator
            + "', which is closed (expected: close it after the channels that use it, or choose"
            + " ExhaustionPolicy.FALLBACK)");
  }

  private static String refuser(Exhaustion request) {
    Refusal refusal = request.refusedBy();
    if (refusal == Refusal.BUDGET) { // and no switch, as in FailureReason
      return "the budget";
    }
    if (refusal == Refusal.COLLECTOR) {
      return "the garbage collector, which has not taken yet what nobody uses";
    }
    return refusal == null ? "the arena, which has no more names for chunks" : "the system";
  }

  private static String advice(Exhaustion request) {
    String advice = "raise maxBytes, lower concurrency, or choose ExhaustionPolicy.FALLBACK";
    Refusal refusal = request.refusedBy();
    if (refusal == Refusal.COLLECTOR) {
      return "it was asked to come by, at most once a second: let Netty have Unsafe, or run on Java"
          + " 22 or newer, where memory is freed at once; or "
          + advice;
    }
    if (refusal == Refusal.SYSTEM) {
      return "others have taken what the JVM or the system allows: raise that limit"
          + " (-XX:MaxDirectMemorySize, -Dio.netty.maxDirectMemory), or look for who else"
          + " takes direct memory; a higher maxBytes does not help";
    }
    return advice;
  }
}
