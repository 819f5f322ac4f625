package io.github.litealloc.netty;

import io.netty.buffer.AbstractByteBufAllocatorTest;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;

/**
 * Netty's published tests of allocators with the default policy, on a thread that is no event loop.
 * None is left out.
 */
final class StripedAllocatorNettyTest extends AbstractByteBufAllocatorTest<LiteByteBufAllocator> {

  private static final long ARENA_CHUNK_BYTES = 64 * 1024;
  private static final long HEAP_CHUNK_BYTES = 4 * 1024 * 1024;

  @Override
  protected LiteByteBufAllocator newAllocator(boolean preferDirect) {
    return LiteByteBufAllocator.builder()
        .preferDirect(preferDirect)
        .heapAllocator(new PooledByteBufAllocator(false))
        .build();
  }

  /** Netty asks for an allocator that does not pool: ours is one while all is passed through. */
  @Override
  protected LiteByteBufAllocator newUnpooledAllocator() {
    UnpooledByteBufAllocator unpooled = UnpooledByteBufAllocator.DEFAULT;
    return LiteByteBufAllocator.builder()
        .passThrough(true)
        .fallback(unpooled)
        .heapAllocator(unpooled)
        .build();
  }

  @Override
  protected long expectedUsedMemory(LiteByteBufAllocator allocator, int capacity) {
    return allocator.metric().fallbacks(FallbackReason.HEAP) > 0
        ? HEAP_CHUNK_BYTES
        : ARENA_CHUNK_BYTES;
  }

  @Override
  protected long expectedUsedMemoryAfterRelease(LiteByteBufAllocator allocator, int capacity) {
    return expectedUsedMemory(allocator, capacity);
  }
}
