package com.example.vertx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
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

  /** As frames of HTTP/2 are that wait together: the second one comes right after the first. */
  @Test
  void buffer_withRoomLeft_isFollowedByTheNextWithoutAGap() {
    try (LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().build()) {
      VertxAllocator named = new VertxAllocator(allocator);
      ByteBuf first = named.directBuffer(256).writeBytes(new byte[100]);
      ByteBuf second = named.directBuffer(256).writeZero(49).writeByte(7);

      ByteBuf both = ByteToMessageDecoder.COMPOSITE_CUMULATOR.cumulate(named, first, second);
      assertEquals(150, both.readableBytes());
      assertEquals(7, both.getByte(149));
      both.release();
      assertEquals(0, allocator.metric().liveBuffers());
    }
  }

  @Test
  void buffer_thatForgetsWhatWasRead_keepsTheRest() {
    try (LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().build()) {
      ByteBuf buffer = new VertxAllocator(allocator).directBuffer(100, 300);
      for (int i = 0; i < 100; i++) {
        buffer.writeByte(i);
      }
      buffer.skipBytes(50).discardReadBytes();
      for (int i = 100; i < 350; i++) {
        buffer.writeByte(i);
      }
      assertThrows(IndexOutOfBoundsException.class, () -> buffer.writeByte(0));
      for (int i = 50; i < 350; i++) {
        assertEquals((byte) i, buffer.readByte());
      }
      buffer.clear().capacity(0).writeByte(1);
      assertEquals(1, buffer.readByte());
      buffer.release();
      assertEquals(0, allocator.metric().liveBuffers());
    }
  }

  @Test
  void whatIsDerived_answersWithNettysAndIsReleasedWithIt() {
    try (LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().build()) {
      ByteBuf buffer = new VertxAllocator(allocator).directBuffer(16).writeLong(42);
      ByteBuf slice = buffer.retainedSlice();
      List<ByteBuf> derived =
          List.of(
              buffer.duplicate(),
              slice,
              slice.slice(0, 8),
              slice.duplicate(),
              buffer.duplicate().slice());
      for (ByteBuf each : derived) {
        assertSame(VertxAllocator.NETTYS, each.alloc());
        assertEquals(42, each.getLong(0));
      }
      for (ByteBuf copy : List.of(buffer.copy(), slice.copy(), buffer.duplicate().copy())) {
        assertSame(VertxAllocator.NETTYS, copy.alloc());
        assertEquals(42, copy.readLong());
        assertFalse(copy.isReadable());
        copy.release();
      }
      assertEquals(1, allocator.metric().liveBuffers());
      slice.release();
      buffer.release();
      assertEquals(0, allocator.metric().liveBuffers());
      assertEquals(0, VertxAllocator.NETTYS.metric().usedDirectMemory());
    }
  }
}
