package io.github.litealloc.netty.callers;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;

/** Methods that allocate buffers, for tests that look for them in stacks. */
public final class CallSites {

  private CallSites() {}

  public static ByteBuf header(ByteBufAllocator allocator, int bytes) {
    return allocator.directBuffer(bytes);
  }

  public static ByteBuf body(ByteBufAllocator allocator, int bytes) {
    return allocator.directBuffer(bytes);
  }

  /** Netty's own classes ask for the last buffer here. */
  public static ByteBuf consolidated(ByteBufAllocator allocator, int bytes) {
    CompositeByteBuf composite = allocator.compositeDirectBuffer();
    composite.addComponent(true, allocator.directBuffer(bytes).writeZero(bytes));
    composite.addComponent(true, allocator.directBuffer(bytes).writeZero(bytes));
    return composite.consolidate();
  }
}
