package com.example.vertx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;

final class VertxAllocatorTest {

  /** What Vert.x asks for, of a buffer that has grown and of a part of it. */
  @Test
  void buffer_thatGrows_answersWithNettysAndIsOurs() {
    try (LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().build()) {
      ByteBuf buffer = new VertxAllocator(allocator).directBuffer(16);
      for (int i = 0; i < 10_000; i++) {
        buffer.writeByte(i);
      }
      ByteBuf part = buffer.retainedSlice(5_000, 5_000);
      assertSame(AdaptiveByteBufAllocator.class, buffer.alloc().getClass());
      assertSame(AdaptiveByteBufAllocator.class, part.alloc().getClass());
      for (int i = 0; i < 10_000; i++) {
        assertEquals((byte) i, buffer.readByte());
      }
      assertEquals(0, VertxAllocator.NETTYS.metric().usedDirectMemory());
      assertEquals(1, allocator.metric().liveBuffers());
      part.release();
      buffer.release();
      assertEquals(0, allocator.metric().liveBuffers());
    }
  }
}
