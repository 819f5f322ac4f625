package io.github.litealloc.netty;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import java.util.function.BiFunction;

/** A fallback allocator that gives what a test wants, as it is: without leak detection. */
final class TestGiver extends AbstractByteBufAllocator {

  private final BiFunction<Integer, Integer, ByteBuf> giving;

  /**
   * @param giving returns a buffer of a capacity and a maximum capacity
   */
  TestGiver(BiFunction<Integer, Integer, ByteBuf> giving) {
    super(true);
    this.giving = giving;
  }

  @Override
  public ByteBuf directBuffer(int initialCapacity, int maxCapacity) {
    return giving.apply(initialCapacity, maxCapacity);
  }

  @Override
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    return giving.apply(initialCapacity, maxCapacity);
  }

  @Override
  protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
    throw new UnsupportedOperationException("not asked for");
  }

  @Override
  public boolean isDirectBufferPooled() {
    return false;
  }
}
