package io.github.litealloc.netty;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemorySource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.stream.Stream;

/** Allocators for tests, which run on threads that are no event loops. */
final class TestAllocators {

  private TestAllocators() {}

  static Stream<String> strategies() {
    return Stream.of("bump-free-list", "segregated-bump", "free-list", "hybrid");
  }

  /** One that gives every thread an arena, and shares nothing with other tests. */
  static LiteByteBufAllocator adopting(String strategy) {
    return builder(strategy).build();
  }

  static LiteAllocatorBuilder builder(String strategy) {
    return LiteByteBufAllocator.builder()
        .name("test")
        .strategy(strategy)
        .budget(MemoryBudget.unlimited("test"))
        .offLoop(OffLoopPolicy.ADOPT)
        .decayMillis(500)
        .heapAllocator(new PooledByteBufAllocator(false));
  }

  /** One whose chunks are from a source of the test's. */
  static LiteByteBufAllocator from(MemorySource source, LiteAllocatorBuilder builder) {
    AllocatorSettings settings = builder.open();
    ChunkStore store =
        ChunkStore.builder()
            .source(source)
            .budget(settings.budget())
            .chunksAtOnce(TrimTimer.CHUNKS_AT_ONCE)
            .decayMillis(settings.sharedStore().store().decayMillis())
            .build();
    return new LiteByteBufAllocator(
        new AllocatorSettings(
            settings.takenName(),
            new SharedStore(store, settings.sharedStore().trimsNativeHeap(), settings.takenName()),
            settings.strategy(),
            settings.offLoop(),
            settings.exhaustionPolicy(),
            settings.exhaustionHandler(),
            settings.hardening(),
            settings.sampling(),
            settings.fallback(),
            settings.exhaustionFallback(),
            settings.heapAllocator(),
            settings.preferDirect(),
            settings.passThrough()));
  }

  /** What is left when leak detection and byte-order wrappers are taken off. */
  static ByteBuf innermost(ByteBuf buffer) {
    ByteBuf inner = buffer;
    while (inner.unwrap() != null) {
      inner = inner.unwrap();
    }
    return inner;
  }
}
