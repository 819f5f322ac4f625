package io.github.litealloc.netty;

import io.github.litealloc.memory.MemorySource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;

/**
 * Chunks as unpooled Netty buffers, so that Netty's own counter and limit of direct memory stay
 * true. When they go back is up to the means that Netty has: see {@link DefaultMemorySource}.
 */
final class NettyMemorySource implements MemorySource {

  static final MemorySource INSTANCE = new NettyMemorySource();

  // A chunk is not a buffer of anybody's: Netty's leak detector must not track it.
  private final UnpooledByteBufAllocator unpooled = new UnpooledByteBufAllocator(true, true);

  private NettyMemorySource() {}

  @Override
  public Memory allocate(int bytes) {
    ByteBuf memory = unpooled.directBuffer(bytes, bytes);
    try {
      long address = memory.hasMemoryAddress() ? memory.memoryAddress() : 0;
      return new NettyMemory(memory, memory.nioBuffer(0, bytes), address);
    } catch (Throwable e) {
      memory.release(); // the heap is full, and nobody else knows of it
      throw e;
    }
  }

  @Override
  public String name() {
    return "netty";
  }

  @Override
  public boolean usesNativeHeap() {
    return true;
  }

  private record NettyMemory(ByteBuf memory, ByteBuffer buffer, long address) implements Memory {
    @Override
    public void release() {
      memory.release();
    }
  }
}
