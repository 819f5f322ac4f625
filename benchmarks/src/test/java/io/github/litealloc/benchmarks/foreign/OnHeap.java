package io.github.litealloc.benchmarks.foreign;

import io.netty.buffer.ByteBuf;

/** An allocator that hands out nothing but heap buffers. */
public final class OnHeap extends Borrowing {

  /** Makes one. */
  public OnHeap() {}

  @Override
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    return newHeapBuffer(initialCapacity, maxCapacity);
  }
}
