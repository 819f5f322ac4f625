package io.github.litealloc.netty;

/** What happens when the budget or the system refuses memory for a direct buffer. */
public enum ExhaustionPolicy {
  /** The fallback allocator serves it, outside the budget. The default: nothing fails. */
  FALLBACK,
  /**
   * The request throws {@link DirectMemoryExhaustedError}: the budget is a hard limit. Not under
   * Reactor, which takes an {@link OutOfMemoryError} for the end of the JVM and signals nothing, so
   * that requests stay without an answer: there an {@link ExhaustionHandler} may throw an exception
   * instead.
   */
  THROW
}
