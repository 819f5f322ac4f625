package com.example.vertx;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;

/**
 * Buffers of an allocator as Vert.x 5 releases them. It does so with what it has read if {@code
 * alloc()} is of one of two classes of Netty's. So each buffer is in a composite one, which, with
 * all that is derived from it, answers with Netty's, and releases ours when it is released.
 */
final class VertxAllocator extends AbstractByteBufAllocator {

  /** Is answered, and asked for nothing: it has no memory. */
  static final AdaptiveByteBufAllocator NETTYS = new AdaptiveByteBufAllocator();

  private final LiteByteBufAllocator allocator;

  VertxAllocator(LiteByteBufAllocator allocator) {
    super(true);
    this.allocator = allocator;
  }

  @Override
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    return new Shell(true, allocator.directBuffer(initialCapacity, maxCapacity));
  }

  @Override
  protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
    return new Shell(false, allocator.heapBuffer(initialCapacity, maxCapacity));
  }

  @Override
  public CompositeByteBuf compositeDirectBuffer(int maxNumComponents) {
    return new CompositeByteBuf(NETTYS, true, maxNumComponents);
  }

  @Override
  public CompositeByteBuf compositeHeapBuffer(int maxNumComponents) {
    return new CompositeByteBuf(NETTYS, false, maxNumComponents);
  }

  @Override
  public boolean isDirectBufferPooled() {
    return true;
  }

  private static final class Shell extends CompositeByteBuf {

    private final ByteBuf content;

    Shell(boolean isDirect, ByteBuf content) {
      super(NETTYS, isDirect, 1, content.setIndex(0, content.capacity()));
      this.content = content;
      clear();
    }

    /** A composite buffer would put a second one beside the first, from Netty's allocator. */
    @Override
    public CompositeByteBuf capacity(int newCapacity) {
      if (newCapacity <= capacity()) {
        return super.capacity(newCapacity);
      }
      int reader = readerIndex();
      int writer = writerIndex();
      content.capacity(newCapacity).setIndex(0, newCapacity);
      content.retain();
      removeComponent(0);
      addComponent(0, content);
      setIndex(reader, writer);
      return this;
    }
  }
}
