package io.github.litealloc.netty;

import java.util.List;

/**
 * A call site that holds memory, judging by the sampled buffers that were allocated there and are
 * live. A snapshot.
 *
 * @param stack the call site, with its callers: the innermost frame first, without the frames of
 *     allocators and buffers; unmodifiable
 * @param sampledBuffers how many sampled buffers are live
 * @param sampledBytes the sum of their capacities
 * @param pinnedBytes the reserved bytes of the chunks that they lie in, each chunk counted once: no
 *     estimate, but what these few buffers alone keep from going back to the system. Two call sites
 *     may pin the same chunk
 * @param estimatedBuffers how many buffers of this call site are live, by an estimate: each sampled
 *     one counts for as many as were allocated for it
 * @param estimatedBytes the sum of their capacities, by the same estimate
 * @param oldestAgeNanos the exact age of the oldest sampled one in nanoseconds
 * @since 0.1.0
 */
public record Holder(
    List<StackTraceElement> stack,
    long sampledBuffers,
    long sampledBytes,
    long pinnedBytes,
    long estimatedBuffers,
    long estimatedBytes,
    long oldestAgeNanos) {

  /** Returns the figures in one line, without the stack. */
  @Override
  public String toString() {
    return "pins "
        + Text.bytes(pinnedBytes)
        + " with "
        + Text.buffers(sampledBuffers)
        + " sampled of "
        + Text.bytes(sampledBytes)
        + ", oldest "
        + Text.age(oldestAgeNanos)
        + "; estimated: "
        + Text.buffers(estimatedBuffers)
        + " of "
        + Text.bytes(estimatedBytes);
  }
}
