package io.github.litealloc.netty;

import io.netty.buffer.AbstractByteBufAllocatorTest;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Netty's published tests of allocators, for every strategy. None is left out. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.github.litealloc.netty.TestAllocators#strategies")
final class LiteByteBufAllocatorNettyTest
    extends AbstractByteBufAllocatorTest<LiteByteBufAllocator> {

  private final String strategy;

  LiteByteBufAllocatorNettyTest(String strategy) {
    this.strategy = strategy;
  }

  @Override
  protected LiteByteBufAllocator newAllocator(boolean preferDirect) {
    return TestAllocators.builder(strategy).preferDirect(preferDirect).build();
  }

  /** Netty asks for an allocator that does not pool: ours is one while all is passed through. */
  @Override
  protected LiteByteBufAllocator newUnpooledAllocator() {
    UnpooledByteBufAllocator unpooled = UnpooledByteBufAllocator.DEFAULT;
    return LiteByteBufAllocator.builder()
        .strategy(strategy)
        .passThrough(true)
        .fallback(unpooled)
        .heapAllocator(unpooled)
        .build();
  }

  /** What the heap delegate, or the arena, holds for one small buffer. */
  @Override
  protected long expectedUsedMemory(LiteByteBufAllocator allocator, int capacity) {
    return usesHeap(allocator) ? HEAP_CHUNK_BYTES : ARENA_CHUNK_BYTES;
  }

  @Override
  protected long expectedUsedMemoryAfterRelease(LiteByteBufAllocator allocator, int capacity) {
    return expectedUsedMemory(allocator, capacity);
  }

  private static final long ARENA_CHUNK_BYTES = 64 * 1024;
  private static final long HEAP_CHUNK_BYTES = 4 * 1024 * 1024;

  private static boolean usesHeap(LiteByteBufAllocator allocator) {
    return allocator.metric().fallbacks(FallbackReason.HEAP) > 0;
  }
}
