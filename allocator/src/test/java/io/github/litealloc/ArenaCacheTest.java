package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemoryPressure;
import io.github.litealloc.testing.TestMemorySource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Blocks that their owner keeps for its next requests. RandomOperations does the same at random.
 */
class ArenaCacheTest {

  private static final int BLOCK_BYTES = 4096;
  private static final int MIN_CACHED_BLOCKS = CacheLimit.MIN_BYTES / BLOCK_BYTES;

  private final MemoryBudget budget = MemoryBudget.of("cache", 1 << 20);
  private final ChunkStore store =
      ChunkStore.builder().source(new TestMemorySource()).budget(budget).decayMillis(0).build();
  private final Deque<Long> cached = new ArrayDeque<>();
  private final Arena arena =
      Arena.builder().strategy(Strategies.HYBRID).store(store).checked(false).build();
  private final BlockCache cache = arena.blockCache(this::flush);
  private final BlockShelf shelf = cache.newShelf(BLOCK_BYTES);
  private final ArenaStatistics statistics = arena.statistics();

  private void flush() {
    cached.forEach(block -> cache.free(block, BLOCK_BYTES, BLOCK_BYTES));
    cached.clear();
  }

  private boolean cache(long block) {
    boolean isCached = cache.keep(shelf, 0, BLOCK_BYTES);
    if (isCached) {
      cached.push(block);
    }
    return isCached;
  }

  @AfterEach
  void closeArena() {
    arena.close();
    store.trim();
    assertThat(budget.reservedBytes()).isZero();
  }

  @Test
  void keep_liveBlock_isFreeInEveryFigure() {
    long block = arena.allocate(4000);

    assertThat(cache.keep(shelf, 0, 4000)).isTrue();
    cached.push(block);

    assertThat(statistics.usedBytes()).isZero();
    assertThat(statistics.requestedBytes()).isZero();
    assertThat(statistics.liveBlocks()).isZero();
    assertThat(statistics.frees()).isEqualTo(1);
    assertThat(statistics.cachedBytes()).isEqualTo(BLOCK_BYTES);
    assertThat(statistics.freeBytes()).isEqualTo(statistics.reservedBytes());
    assertThat(statistics.pinnedBytes()).isZero();
    assertThat(statistics.peakUsedBytes()).isEqualTo(BLOCK_BYTES);
  }

  @Test
  void pinned_keptBlocksInAnotherChunk_areNotCounted() {
    MemoryBudget roomy = MemoryBudget.of("roomy", 16 << 20);
    ChunkStore keeping = ChunkStore.builder().budget(roomy).decayMillis(60_000).build();
    try (Arena busy =
        Arena.builder().strategy(Strategies.HYBRID).store(keeping).checked(false).build()) {
      Deque<Long> kept = new ArrayDeque<>();
      BlockCache[] cacheOfBusy = new BlockCache[1];
      BlockCache busyCache =
          busy.blockCache(
              () -> {
                kept.forEach(block -> cacheOfBusy[0].free(block, BLOCK_BYTES, BLOCK_BYTES));
                kept.clear();
              });
      cacheOfBusy[0] = busyCache;
      BlockShelf shelfOfBusy = busyCache.newShelf(BLOCK_BYTES);
      ArenaStatistics figures = busy.statistics();
      long survivor = busy.allocate(60_000); // fills most of the first chunk
      long other = busy.allocate(4000);
      assertThat(Blocks.chunk(other)).isNotEqualTo(Blocks.chunk(survivor));
      busyCache.keep(shelfOfBusy, 0, 4000);
      kept.push(other);
      // Taken since the last tick: whether something lives there is not known yet.
      assertThat(figures.pinnedBytes()).isEqualTo(figures.reservedBytes());

      busy.tick(1);
      assertThat(figures.reservedBytes()).isGreaterThan(Chunks.SMALL_CHUNK_BYTES);
      long again = busy.allocate(4000);
      busyCache.keep(shelfOfBusy, 0, 4000);
      kept.push(again);

      assertThat(figures.cachedBytes()).isEqualTo(BLOCK_BYTES);
      assertThat(figures.pinnedBytes()).isEqualTo(Chunks.SMALL_CHUNK_BYTES);
      busy.fragmentation(); // a look, which changes nothing
      assertThat(figures.pinnedBytes()).isEqualTo(Chunks.SMALL_CHUNK_BYTES);
      busy.free(survivor, 60_000);
      assertThat(figures.pinnedBytes()).isZero();
    }
  }

  @Test
  void reuse_cachedBlock_isLiveAgain() {
    long block = arena.allocate(4000);
    cache.keep(shelf, 0, 4000);

    cache.reuse(shelf, BlockShelf.NONE, 3999);

    assertThat(statistics.usedBytes()).isEqualTo(BLOCK_BYTES);
    assertThat(statistics.requestedBytes()).isEqualTo(3999);
    assertThat(statistics.allocatedBytes()).isEqualTo(7999);
    assertThat(statistics.liveBlocks()).isEqualTo(1);
    assertThat(statistics.allocations()).isEqualTo(2);
    assertThat(statistics.cachedBytes()).isZero();
    arena.free(block, 3999);
    assertThat(statistics.usedBytes()).isZero();
  }

  @Test
  void peakUsed_cachedBlocksBesideLiveOnes_countsLiveOnesOnly() {
    long first = arena.allocate(BLOCK_BYTES);
    cache(first);
    long second = arena.allocate(BLOCK_BYTES);

    arena.trim();

    assertThat(statistics.peakUsedBytes()).isEqualTo(BLOCK_BYTES);
    arena.free(second, BLOCK_BYTES);
    assertThat(statistics.peakUsedBytes()).isEqualTo(BLOCK_BYTES);
  }

  @Test
  void keep_muchLive_isRefusedBeyondAShare() {
    int bytes = CacheLimit.SMALL_OCCUPIED_BYTES;
    long large = arena.allocate(bytes);

    long refused = keepUntilRefused(arena, cache);

    long limit = CacheLimit.limit(statistics.reservedBytes());
    assertThat(cached).hasSizeGreaterThan(MIN_CACHED_BLOCKS);
    assertThat(statistics.cachedBytes()).isBetween(limit - BLOCK_BYTES + 1, limit);
    assertThat(statistics.usedBytes()).isEqualTo(bytes + BLOCK_BYTES);
    arena.free(refused, BLOCK_BYTES);
    arena.free(large, bytes);
  }

  @Test
  void keep_littleLiveOfFewSizes_isRefusedBeyondWhatASmallArenaMayHold() {
    long live = arena.allocate(BLOCK_BYTES);

    long refused = keepUntilRefused(arena, cache);

    assertThat(statistics.cachedBytes() + statistics.usedBytes())
        .isEqualTo(CacheLimit.SMALL_OCCUPIED_BYTES + BLOCK_BYTES); // with the refused one
    assertThat(statistics.cachedBytes())
        .isGreaterThan(CacheLimit.limit(statistics.reservedBytes()));
    arena.free(refused, BLOCK_BYTES);
    arena.free(live, BLOCK_BYTES);
  }

  @Test
  void keep_littleLiveOfAnySize_isRefusedBeyondAShare() {
    StrategyFactory fewButLarge = Strategies.segregatedBump("crate-classes", SizeClasses.CRATE);
    for (StrategyFactory strategy :
        List.of(Strategies.FREE_LIST, Strategies.BUMP_FREE_LIST, fewButLarge)) {
      try (Arena any = Arena.builder().strategy(strategy).store(store).checked(false).build()) {
        BlockCache cacheOfAny = any.blockCache(() -> {});

        keepUntilRefused(any, cacheOfAny);

        ArenaStatistics figures = any.statistics();
        assertThat(figures.cachedBytes())
            .as("%s", strategy.name())
            .isGreaterThan(CacheLimit.limit(figures.reservedBytes()) - BLOCK_BYTES)
            .isLessThanOrEqualTo(CacheLimit.limit(figures.reservedBytes()));
        any.reset();
      }
      cached.clear();
    }
  }

  @Test
  void keep_withoutAClock_isRefusedBeyondAShare() {
    cache.expectTicks(false);

    long refused = keepUntilRefused(arena, cache);

    assertThat(statistics.cachedBytes())
        .isPositive()
        .isLessThanOrEqualTo(CacheLimit.limit(statistics.reservedBytes()));
    arena.free(refused, BLOCK_BYTES);
  }

  /** Has blocks kept, each of which was live beside the others; returns the one that is not. */
  private long keepUntilRefused(Arena of, BlockCache by) {
    BlockShelf shelfOfBy = by.newShelf(BLOCK_BYTES);
    for (; ; ) {
      long block = of.allocate(BLOCK_BYTES);
      if (!by.keep(shelfOfBy, 0, BLOCK_BYTES)) {
        return block;
      }
      cached.push(block);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 16384",
    "65536, 20480",
    "1048576, 81920",
    "5242880, 868352",
    "9437184, 1654784",
    "1073741824, 68173824"
  })
  void limit_ofSmallAndLargeArenas_isAFewPartsOfTheReserved(long reservedBytes, long expected) {
    assertThat(CacheLimit.limit(reservedBytes)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void keep_underPressure_isRefusedWhoeverHoldsTheMemory(boolean isOfOthers) {
    try (Arena other = Arena.builder().store(store).checked(false).build()) {
      Arena holder = isOfOthers ? other : arena;
      int bytes = 850 << 10;
      long large = holder.allocate(bytes);
      assertThat(budget.pressure()).isNotEqualTo(MemoryPressure.NORMAL);

      long block = arena.allocate(BLOCK_BYTES);

      assertThat(cache(block)).isFalse();
      arena.free(block, BLOCK_BYTES);
      holder.free(large, bytes);
    }
  }

  @Test
  void keep_onClosedArena_isRefused() {
    long block = arena.allocate(BLOCK_BYTES);

    arena.close();

    assertThat(cache(block)).isFalse();
    arena.free(block, BLOCK_BYTES);
  }

  @Test
  void blockBytes_smallRequest_isWhatItsBlockOccupies() {
    for (StrategyFactory strategy : TestStrategies.all()) {
      try (Arena any = Arena.builder().strategy(strategy).store(store).checked(false).build()) {
        BlockCache cacheOfAny = any.blockCache(() -> {});
        for (int bytes : new int[] {1, 30, 100}) {
          int occupied = any.sizeOf(any.allocate(bytes), bytes);
          assertThat(cacheOfAny.blockBytes(bytes)).as("%s", strategy.name()).isEqualTo(occupied);
        }
        any.reset();
      }
    }
  }

  @Test
  void keep_onCheckedArena_isRefusedEvenIfAllowed() {
    try (Arena checked = Arena.builder().store(store).build()) {
      long block = checked.allocate(4000);
      BlockCache cacheOfChecked = checked.blockCache(() -> {});
      cacheOfChecked.allow(true);

      assertThat(cacheOfChecked.keep(cacheOfChecked.newShelf(BLOCK_BYTES), 0, 4000)).isFalse();

      assertThat(checked.statistics().liveBlocks()).isEqualTo(1);
      checked.free(block, 4000);
    }
  }

  @Test
  void blockBytes_arenaWithChecksOrHardening_isZero() {
    try (Arena checked = Arena.builder().build();
        Arena hardened = Arena.builder().checked(false).hardening(Hardening.debug()).build()) {
      assertThat(checked.blockCache(() -> {}).blockBytes(100)).isZero();
      assertThat(hardened.blockCache(() -> {}).blockBytes(100)).isZero();
    }
    assertThat(cache.blockBytes(100)).isEqualTo(112);
    assertThat(cache.blockBytes(Hybrid.MAX_LARGE_BYTES + 1)).isZero();
  }

  @Test
  void trim_cachedBlocks_givesTheirMemoryBack() {
    cache(arena.allocate(BLOCK_BYTES));

    assertThat(arena.trim()).isEqualTo(ChunkStore.CHUNK_UNIT_BYTES);

    assertThat(statistics.reservedBytes()).isZero();
    assertThat(statistics.cachedBytes()).isZero();
  }

  @Test
  void allocate_onlyCachedBlocksInTheWay_freesThemFirst() {
    MemoryBudget forOneChunk = MemoryBudget.of("one", 3 << 15); // and far enough from the ceiling
    ChunkStore oneChunk = ChunkStore.builder().budget(forOneChunk).decayMillis(0).build();
    Arena[] full = new Arena[1];
    full[0] = Arena.builder().strategy(Strategies.FREE_LIST).store(oneChunk).checked(false).build();
    BlockCache[] cacheOfFull = new BlockCache[1];
    cacheOfFull[0] =
        full[0].blockCache(
            () -> {
              cached.forEach(it -> cacheOfFull[0].free(it, BLOCK_BYTES, BLOCK_BYTES));
              cached.clear();
            });
    BlockShelf shelfOfFull = cacheOfFull[0].newShelf(BLOCK_BYTES);
    long first = full[0].allocate(BLOCK_BYTES);
    long second = full[0].allocate(BLOCK_BYTES);
    int rest = (1 << 16) - 2 * BLOCK_BYTES;
    long others = full[0].allocate(rest);
    for (long block : new long[] {first, second}) {
      assertThat(cacheOfFull[0].keep(shelfOfFull, 0, BLOCK_BYTES)).isTrue();
      cached.push(block);
    }

    long both = full[0].allocate(2 * BLOCK_BYTES);

    assertThat(both).isEqualTo(first);
    assertThat(full[0].statistics().failures()).isZero();
    full[0].free(both, 2 * BLOCK_BYTES);
    full[0].free(others, rest);
    full[0].close();
  }

  @Test
  void blockCache_secondTime_isRefused() {
    assertThatThrownBy(() -> arena.blockCache(() -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has a block cache already");
  }
}
