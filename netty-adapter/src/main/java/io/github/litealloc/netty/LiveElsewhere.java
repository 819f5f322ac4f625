package io.github.litealloc.netty;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * How many buffers of an allocator are live, and with how many bytes, whose memory is another
 * allocator's. Any thread; buffers come and go while it is read.
 */
final class LiveElsewhere {

  /** Told of together: each buffer alone would put off a trim that is due. */
  static final long TOLD_BYTES = 1 << 20;

  private final @Nullable LongConsumer givenBack;
  private final AtomicLong untoldBytes = new AtomicLong();

  private final LongAdder buffers = new LongAdder();
  private final LongAdder bytes = new LongAdder();

  /**
   * For buffers of one kind.
   *
   * @param givenBack hears how many bytes have gone, if anybody is to: what was outside of the
   *     ceiling may be small pieces, which the C library would keep
   */
  LiveElsewhere(@Nullable LongConsumer givenBack) {
    this.givenBack = givenBack;
  }

  void entered(int capacity) {
    buffers.increment();
    bytes.add(capacity);
  }

  void resized(int byBytes) {
    bytes.add(byBytes);
  }

  void left(int capacity) {
    buffers.decrement();
    bytes.add(-(long) capacity);
    if (givenBack != null && untoldBytes.addAndGet(capacity) >= TOLD_BYTES) {
      givenBack.accept(untoldBytes.getAndSet(0));
    }
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
