package io.github.litealloc.netty;

/**
 * What happens when the budget or the system refuses memory for a direct buffer.
 *
 * @since 0.1.0
 */
public enum ExhaustionPolicy {
  /**
   * The fallback allocator serves it, outside the budget. The default: nothing fails. {@link
   * LiteAllocatorMetric#elsewhereBytes} tells how much that is now, and {@link
   * LiteByteBufAllocator#outstanding()} lists the buffers.
   */
  FALLBACK,
  /**
   * The request throws {@link DirectMemoryExhaustedError}: the budget is a hard limit. So do
   * requests to a closed allocator. Together with {@link OffLoopPolicy#STRIPED}, the default,
   * nothing direct is ever outside the ceiling, unless {@link
   * LiteByteBufAllocator#passThrough(boolean)} asks for it. Not under Reactor, which takes an
   * {@link OutOfMemoryError} for the end of the JVM and signals nothing, so that requests stay
   * without an answer, and not over io_uring, where it ends Netty's event loop: there an {@link
   * ExhaustionHandler} may throw an exception that is no error instead.
   */
  THROW
}
