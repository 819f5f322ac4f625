package io.github.litealloc.netty;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.netty.buffer.AbstractByteBufTest;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Netty's published tests of buffers for heap buffers, whichever of its allocators has the arrays.
 * None is left out.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("heapAllocators")
final class LiteHeapByteBufTest extends AbstractByteBufTest {

  private final LiteByteBufAllocator allocator;

  LiteHeapByteBufTest(ByteBufAllocator heap) {
    this.allocator = TestAllocators.builder("hybrid").heapAllocator(heap).build();
  }

  static Stream<ByteBufAllocator> heapAllocators() {
    return Stream.of(new UnpooledByteBufAllocator(false), new AdaptiveByteBufAllocator(false));
  }

  @Override
  protected ByteBuf newBuffer(int capacity, int maxCapacity) {
    ByteBuf buffer = allocator.heapBuffer(capacity, maxCapacity);
    assertInstanceOf(LiteHeapByteBuf.class, TestAllocators.innermost(buffer));
    assertSame(allocator, buffer.alloc());
    return buffer;
  }

  @AfterEach
  void closeAllocator() {
    allocator.close();
  }
}
