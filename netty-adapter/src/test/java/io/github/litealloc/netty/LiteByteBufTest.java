package io.github.litealloc.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.AbstractByteBufTest;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Netty's published tests of buffers, for every strategy and both byte orders. None is left out.
 */
@ParameterizedClass(name = "{0}, {1}")
@MethodSource("strategiesAndOrders")
final class LiteByteBufTest extends AbstractByteBufTest {

  private final LiteByteBufAllocator allocator;
  private final ByteOrder order;

  LiteByteBufTest(String strategy, ByteOrder order) {
    this.allocator = TestAllocators.adopting(strategy);
    this.order = order;
  }

  static Stream<Arguments> strategiesAndOrders() {
    return TestAllocators.strategies()
        .flatMap(
            strategy ->
                Stream.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)
                    .map(order -> Arguments.of(strategy, order)));
  }

  @Override
  @SuppressWarnings("deprecation") // order(ByteOrder) is what is tested
  protected ByteBuf newBuffer(int capacity, int maxCapacity) {
    ByteBuf buffer = allocator.directBuffer(capacity, maxCapacity);
    assertInstanceOf(LiteByteBuf.class, TestAllocators.innermost(buffer));
    assertEquals(0, buffer.readerIndex());
    assertEquals(0, buffer.writerIndex());
    buffer.resetReaderIndex();
    buffer.resetWriterIndex();
    assertEquals(0, buffer.writerIndex());
    return buffer.order(order);
  }

  /** A block may be larger than its buffer; what follows is what Netty asks of pooled buffers. */
  @Test
  @Override
  public void testMaxFastWritableBytes() {
    ByteBuf buffer = newBuffer(150, 500).writerIndex(100);
    assertEquals(50, buffer.writableBytes());
    assertEquals(150, buffer.capacity());
    assertEquals(500, buffer.maxCapacity());
    assertEquals(400, buffer.maxWritableBytes());

    int fast = buffer.maxFastWritableBytes();
    assertTrue(fast >= 50 && fast <= 400, () -> "fast: " + fast);
    ByteBuf innermost = TestAllocators.innermost(buffer);
    ByteBuffer before = innermost.internalNioBuffer(0, 1);
    int position = before.position();
    buffer.writeBytes(new byte[fast]);
    assertSame(before, innermost.internalNioBuffer(0, 1), "moved although it had room");
    assertEquals(position, before.position(), "moved although it had room");
    assertEquals(0, buffer.maxFastWritableBytes());

    buffer.writeByte(7);
    buffer.capacity(500);
    assertEquals(500 - buffer.writerIndex(), buffer.maxFastWritableBytes(), "beyond maxCapacity");
    buffer.release();
  }

  @AfterEach
  void closeAllocator() {
    allocator.close();
  }
}
