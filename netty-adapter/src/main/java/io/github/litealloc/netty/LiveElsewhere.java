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

  // What could not be counted there, for there was no stack left for a call. Guarded by this.
  long uncountedBuffers;
  long uncountedBytes;

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
    boolean isCounted = false;
    try {
      buffers.increment();
      isCounted = true;
      bytes.add(capacity);
    } catch (VirtualMachineError e) {
      if (isCounted) {
        synchronized (this) {
          uncountedBuffers--;
        }
      }
      throw e;
    }
  }

  /** Another capacity. Once this has begun it is counted, as in {@link #left}. */
  void resized(int byBytes) {
    try {
      bytes.add(byBytes);
    } catch (VirtualMachineError e) {
      synchronized (this) { // no call
        uncountedBytes += byBytes;
      }
    }
  }

  /**
   * A buffer has left. Once this has begun it is counted; if there is no stack left to begin, the
   * caller counts it by {@link #uncountedBuffers} and {@link #uncountedBytes}, or comes again.
   */
  void left(int capacity) {
    boolean isCounted = false;
    boolean areBytesCounted = false;
    try {
      buffers.decrement();
      isCounted = true;
      bytes.add(-(long) capacity);
      areBytesCounted = true;
      if (givenBack != null && untoldBytes.addAndGet(capacity) >= TOLD_BYTES) {
        givenBack.accept(untoldBytes.getAndSet(0));
      }
    } catch (VirtualMachineError e) { // who hears of what was given back hears of it the next time
      synchronized (this) { // no call, as above
        uncountedBuffers -= isCounted ? 0 : 1;
        uncountedBytes -= areBytesCounted ? 0 : capacity;
      }
    }
  }

  /** Never negative: a release may be seen that is younger than what it releases. */
  synchronized long buffers() {
    return Math.max(0, buffers.sum() + uncountedBuffers);
  }

  /** Likewise. */
  synchronized long bytes() {
    return Math.max(0, bytes.sum() + uncountedBytes);
  }
}
