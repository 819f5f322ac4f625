package com.example.vertx;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.DuplicatedByteBuf;
import io.netty.buffer.SlicedByteBuf;

/**
 * Buffers of an allocator as Vert.x 5 releases them. It does so with what it has read if {@code
 * alloc()} is of one of two classes of Netty's. So what it gets are duplicates, which share memory,
 * indices' bounds and reference count with the buffer itself, and, like all that is derived from
 * them, name Netty's allocator.
 */
final class VertxAllocator extends AbstractByteBufAllocator {

  /** What code gets that allocates by {@code buffer.alloc()}; it is not asked otherwise. */
  static final AdaptiveByteBufAllocator NETTYS = new AdaptiveByteBufAllocator();

  private final LiteByteBufAllocator allocator;

  VertxAllocator(LiteByteBufAllocator allocator) {
    super(true);
    this.allocator = allocator;
  }

  @Override
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    return named(allocator.directBuffer(initialCapacity, maxCapacity));
  }

  @Override
  protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
    return named(allocator.heapBuffer(initialCapacity, maxCapacity));
  }

  private static ByteBuf named(ByteBuf buffer) {
    try {
      return new Named(buffer).clear();
    } catch (Throwable e) {
      buffer.release();
      throw e;
    }
  }

  /** Its parts are buffers of this allocator; only one that consolidates them asks Netty's. */
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

  /** A copy of a part, whole. */
  private static ByteBuf copied(ByteBuf copy) {
    int length = copy.readableBytes();
    return named(copy).setIndex(0, length);
  }

  @SuppressWarnings("deprecation") // public, though Netty would rather have it to itself
  private static final class Named extends DuplicatedByteBuf {

    Named(ByteBuf buffer) {
      super(buffer);
    }

    @Override
    public ByteBufAllocator alloc() {
      return NETTYS;
    }

    @Override
    public ByteBuf duplicate() {
      return new Named(this);
    }

    @Override
    public ByteBuf slice(int index, int length) {
      return new NamedSlice(this, index, length);
    }

    @Override
    public ByteBuf copy(int index, int length) {
      return copied(super.copy(index, length));
    }
  }

  @SuppressWarnings("deprecation")
  private static final class NamedSlice extends SlicedByteBuf {

    NamedSlice(ByteBuf buffer, int index, int length) {
      super(buffer, index, length);
    }

    @Override
    public ByteBufAllocator alloc() {
      return NETTYS;
    }

    @Override
    public ByteBuf duplicate() {
      return slice(0, capacity()).setIndex(readerIndex(), writerIndex());
    }

    @Override
    public ByteBuf slice(int index, int length) {
      return new NamedSlice(this, index, length);
    }

    @Override
    public ByteBuf copy(int index, int length) {
      return copied(super.copy(index, length));
    }
  }
}
