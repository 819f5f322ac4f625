package io.github.litealloc.netty;

import java.util.concurrent.atomic.LongAdder;

/**
 * How many buffers of an allocator are live, and with how many bytes, whose memory is another
 * allocator's. Any thread; buffers come and go while it is read.
 */
final class LiveElsewhere {

  private final LongAdder buffers = new LongAdder();
  private final LongAdder bytes = new LongAdder();

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
