package io.github.litealloc.netty;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.netty.buffer.AbstractByteBufTest;
import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.AfterEach;

/**
 * Netty's published tests of buffers with the default settings, on a thread that is no event loop.
 * None is left out.
 */
final class StripedByteBufTest extends AbstractByteBufTest {

  private final LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().build();

  @Override
  protected ByteBuf newBuffer(int capacity, int maxCapacity) {
    ByteBuf buffer = allocator.directBuffer(capacity, maxCapacity);
    assertInstanceOf(LiteByteBuf.class, TestAllocators.innermost(buffer));
    assertSame(allocator, buffer.alloc());
    return buffer;
  }

  @AfterEach
  void closeAllocator() {
    allocator.close();
  }
}
