package io.github.litealloc.netty;

import io.netty.buffer.ByteBuf;

/**
 * Decides what a request gets that an arena could not serve, although it has taken in what other
 * threads had released, given back what was empty, and tried again.
 *
 * <p>{@link ExhaustionPolicy} has the two usual answers. A handler of one's own can, for example,
 * close the connection that holds most, or serve some requests and refuse others:
 *
 * <pre>{@code
 * builder.whenExhausted(request -> {
 *   if (request.requestedBytes() > 64 * 1024) {
 *     throw new DirectMemoryExhaustedError(request);
 *   }
 *   return reserve.directBuffer(request.requestedBytes(), request.maxCapacity());
 * });
 * }</pre>
 *
 * <p>It runs on the event loop that asked, in the middle of the request, so it must be quick and
 * must not wait. If it asks the same allocator for memory that is not there either, that request
 * throws {@link DirectMemoryExhaustedError}. It may release any buffer, the one that grows
 * included: whoever grows that one gets an {@link io.netty.util.IllegalReferenceCountException},
 * and what the handler has given for it is released.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ExhaustionHandler {

  /**
   * Serves or refuses a request. What it throws reaches whoever asked, and a buffer that was to
   * grow is then as it was.
   *
   * @param request what was asked, and the figures
   * @return a direct buffer, owned by the caller, whose capacity is {@link
   *     Exhaustion#requestedBytes()} and which may grow to {@link Exhaustion#maxCapacity()};
   *     anything else is released and makes the request throw {@link IllegalStateException}
   */
  ByteBuf exhausted(Exhaustion request);
}
