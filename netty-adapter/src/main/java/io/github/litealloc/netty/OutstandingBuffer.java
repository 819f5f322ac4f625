package io.github.litealloc.netty;

import java.util.List;

/**
 * A buffer that was live when {@link LiteByteBufAllocator#outstanding()} looked. A snapshot that
 * refers neither to the buffer nor to its memory.
 *
 * @param eventLoop the name of the thread whose arena the buffer is from, which allocated it
 * @param stage whether that arena still hands out buffers
 * @param capacityBytes its capacity
 * @param ageNanos how long ago it was allocated, in nanoseconds: exact if it is sampled, else an
 *     upper bound
 * @param moved whether its memory is another allocator's, because its arena had none for it when it
 *     was allocated or had to grow
 * @param forgotten whether nobody can release it any more: the garbage collector has taken the
 *     buffer, and its memory is lost. Seen only of buffers that are sampled or that Netty's leak
 *     detector tracks
 * @param allocationStack where it was asked for, the innermost frame first, without the frames of
 *     allocators and buffers; unmodifiable, empty unless it is sampled
 * @since 0.1.0
 */
public record OutstandingBuffer(
    String eventLoop,
    ArenaMetric.Stage stage,
    int capacityBytes,
    long ageNanos,
    boolean moved,
    boolean forgotten,
    List<StackTraceElement> allocationStack) {

  /**
   * {@return whether the buffer is sampled: its age is exact then, and its allocation stack known}
   */
  public boolean sampled() {
    return !allocationStack.isEmpty();
  }

  /** Returns the buffer in one line, without its stack. */
  @Override
  public String toString() {
    return Text.bytes(capacityBytes)
        + (sampled() ? ", " : ", at most ")
        + Text.age(ageNanos)
        + " old, of '"
        + eventLoop
        + '\''
        + (stage == ArenaMetric.Stage.OPEN ? "" : " (" + stage.id() + ')')
        + (moved ? ", moved to other memory" : "")
        + (forgotten ? ", forgotten: nobody can release it any more" : "");
  }
}
