package io.github.litealloc.netty;

import java.util.Comparator;
import java.util.List;

/**
 * The buffers of one allocator that were live when {@link LiteByteBufAllocator#outstanding()}
 * looked. An immutable snapshot.
 *
 * @since 0.1.0
 */
public final class OutstandingBuffers {

  private static final int SHOWN_BUFFERS = 10;
  private static final int SHOWN_FRAMES = 6;

  private static final Comparator<OutstandingBuffer> LARGEST_THEN_OLDEST =
      Comparator.comparingInt(OutstandingBuffer::capacityBytes)
          .thenComparingLong(OutstandingBuffer::ageNanos)
          .reversed();

  private final String allocator;
  private final long takenNanos; // by the coarse clock
  private final List<OutstandingBuffer> buffers;

  OutstandingBuffers(String allocator, long takenNanos, List<OutstandingBuffer> buffers) {
    this.allocator = allocator;
    this.takenNanos = takenNanos;
    this.buffers = buffers.stream().sorted(LARGEST_THEN_OLDEST).toList();
  }

  /**
   * {@return the buffers in an unmodifiable list, the largest first, and of equal sizes the oldest}
   */
  public List<OutstandingBuffer> buffers() {
    return buffers;
  }

  /** {@return whether no buffer was live} */
  public boolean isEmpty() {
    return buffers.isEmpty();
  }

  /** {@return the sum of the buffers' capacities} */
  public long capacityBytes() {
    return buffers.stream().mapToLong(OutstandingBuffer::capacityBytes).sum();
  }

  /**
   * Returns those of the buffers that were allocated after another look at the same allocator.
   * Buffers of threads that allocated at the moment of that look may be missing.
   *
   * @param earlier what was returned by an earlier call
   * @return the new ones among these buffers
   */
  public OutstandingBuffers since(OutstandingBuffers earlier) {
    long passedNanos = takenNanos - earlier.takenNanos;
    return new OutstandingBuffers(
        allocator,
        takenNanos,
        buffers.stream().filter(buffer -> buffer.ageNanos() <= passedNanos).toList());
  }

  /**
   * Returns the sums, and the first ten buffers with what is known of them, for a log or for the
   * message of a failed test.
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append("lite-alloc '").append(allocator).append("': ");
    text.append(Text.buffers(buffers.size()))
        .append(" outstanding, ")
        .append(Text.bytes(capacityBytes()));
    for (OutstandingBuffer buffer : buffers.subList(0, Math.min(SHOWN_BUFFERS, buffers.size()))) {
      text.append("\n  ").append(buffer);
      Text.appendStack(text, buffer.allocationStack(), SHOWN_FRAMES);
    }
    if (buffers.size() > SHOWN_BUFFERS) {
      text.append("\n  and ").append(Text.buffers(buffers.size() - SHOWN_BUFFERS)).append(" more");
    }
    if (!isEmpty() && buffers.stream().noneMatch(OutstandingBuffer::sampled)) {
      text.append("\n  (with sampling(1), this would say where they were allocated)");
    }
    return text.toString();
  }
}
