package io.github.litealloc.netty;

import io.github.litealloc.memory.NativeHeap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * How many buffers of an allocator are live, and with how many bytes, whose memory is another
 * allocator's. Any thread; buffers come and go while it is read.
 */
final class LiveElsewhere {

  private final @Nullable NativeHeap nativeHeap;

  private final LongAdder buffers = new LongAdder();
  private final LongAdder bytes = new LongAdder();

  /**
   * For buffers of one kind.
   *
   * @param nativeHeap hears of what comes and goes, if it is to be trimmed: what was outside of the
   *     ceiling may be small pieces, which the C library would keep
   */
  LiveElsewhere(@Nullable NativeHeap nativeHeap) {
    this.nativeHeap = nativeHeap;
  }

  void entered(int capacity) {
    if (nativeHeap != null) {
      nativeHeap.moved();
    }
    buffers.increment();
    bytes.add(capacity);
  }

  void resized(int byBytes) {
    bytes.add(byBytes);
  }

  void left(int capacity) {
    if (nativeHeap != null) {
      nativeHeap.givenBack(capacity);
    }
    buffers.decrement();
    bytes.add(-(long) capacity);
  }

  /** Never negative: a release may be seen that is younger than what it releases. */
  long buffers() {
    return Math.max(0, buffers.sum());
  }

  /** Likewise. */
  long bytes() {
    return Math.max(0, bytes.sum());
  }
}
