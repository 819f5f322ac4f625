package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Allocations by size: at each bound, on each way through an arena. */
final class SizeRangeTest {

  private static Map<SizeRange, Long> counts(ArenaStatistics statistics) {
    Map<SizeRange, Long> counts = new EnumMap<>(SizeRange.class);
    for (SizeRange sizes : SizeRange.values()) {
      long count = statistics.allocations(sizes);
      assertThat(statistics.snapshot().allocations(sizes)).isEqualTo(count);
      if (count != 0) {
        counts.put(sizes, count);
      }
    }
    return counts;
  }

  private static Arena unchecked(StrategyFactory strategy) {
    return Arena.builder().strategy(strategy).checked(false).build();
  }

  @Test
  void of_eachBound_isInItsRange() {
    assertThat(SizeRange.of(0)).isEqualTo(SizeRange.UP_TO_64);
    for (SizeRange each : SizeRange.values()) {
      assertThat(SizeRange.of(each.maxBytes())).isEqualTo(each);
      if (each != SizeRange.LARGE) {
        assertThat(each.id()).isEqualTo(Integer.toString(each.maxBytes()));
        assertThat(SizeRange.of(each.maxBytes() + 1).ordinal()).isEqualTo(each.ordinal() + 1);
      }
    }
    assertThat(SizeRange.LARGE.id()).isEqualTo("large");
  }

  /** Also of sizes for which no test has the memory. */
  @Test
  void counts_ofAnySize_areInItsRange() {
    for (int shift = 0; shift < Integer.SIZE; shift++) {
      int bound = shift == Integer.SIZE - 1 ? Integer.MAX_VALUE : 1 << shift;
      for (int bytes : new int[] {bound - 1, bound, Math.max(bound, bound + 1)}) {
        assertThat(SizeRange.of(SizeCounts.maxBytes(SizeCounts.index(bytes))))
            .as("%d bytes", bytes)
            .isEqualTo(SizeRange.of(bytes));
      }
    }
  }

  @Test
  void newShelf_ofNoSizeOfABlock_isRefused() {
    try (Arena arena = unchecked(Strategies.HYBRID)) {
      BlockCache cache = arena.blockCache(() -> {});
      for (int bytes : new int[] {-16, 100, Integer.MIN_VALUE}) {
        assertThatThrownBy(() -> cache.newShelf(bytes))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage(
                "blockBytes: " + bytes + " (expected: what blockBytes(int) says for a request)");
      }
      assertThat(cache.newShelf(cache.blockBytes(100)).blockBytes()).isEqualTo(112);
    }
  }

  @Test
  void allocations_aroundEachBound_countWhereTheyBelong() {
    for (StrategyFactory strategy : TestStrategies.all()) {
      for (boolean isChecked : new boolean[] {true, false}) {
        Map<SizeRange, Long> expected = new EnumMap<>(SizeRange.class);
        try (Arena arena = Arena.builder().strategy(strategy).checked(isChecked).build()) {
          for (SizeRange each : SizeRange.values()) {
            int bound = Math.min(each.maxBytes(), 3 << 20);
            for (int bytes : new int[] {bound - 1, bound, bound + 1, 0}) {
              arena.free(arena.allocate(bytes), bytes);
              expected.merge(SizeRange.of(bytes), 1L, Long::sum);
            }
          }
          assertThat(counts(arena.statistics())).as("%s", strategy.name()).isEqualTo(expected);
          assertThat(expected.values().stream().mapToLong(Long::longValue).sum())
              .isEqualTo(arena.statistics().allocations());
        }
      }
    }
  }

  @Test
  void allocations_whatWasRefused_isNotAmongThem() {
    ChunkStore store = ChunkStore.builder().budget(MemoryBudget.of("one", 1 << 20)).build();
    try (Arena arena = Arena.builder().store(store).checked(false).build()) {
      long block = arena.allocate(100);
      block = arena.reallocate(block, 100, 5_000);
      assertThat(counts(arena.statistics())).isEqualTo(Map.of(SizeRange.UP_TO_128, 1L));
      assertThat(arena.allocate(2 << 20)).isEqualTo(Blocks.NO_BLOCK);
      assertThat(counts(arena.statistics())).isEqualTo(Map.of(SizeRange.UP_TO_128, 1L));
      arena.free(block, 5_000);
    }
  }

  @Test
  void allocations_withKeptBlocks_countOnTheirShelves() {
    try (Arena arena = unchecked(Strategies.HYBRID)) {
      BlockCache cache = arena.blockCache(() -> {});
      BlockShelf small = cache.newShelf(cache.blockBytes(100));
      BlockShelf large = cache.newShelf(cache.blockBytes(4_000));
      long block = arena.allocate(100);
      for (int i = 0; i < 3; i++) {
        assertThat(cache.keep(small, 7, 100)).isTrue();
        assertThat(small.last).isEqualTo(7);
        cache.reuse(small, BlockShelf.NONE, 99);
        assertThat(small.last).isEqualTo(BlockShelf.NONE);
      }
      long other = arena.allocate(4_000);
      assertThat(cache.keep(large, 8, 4_000)).isTrue();
      cache.reuse(large, BlockShelf.NONE, 4_000);

      assertThat(counts(arena.statistics()))
          .isEqualTo(Map.of(SizeRange.UP_TO_128, 4L, SizeRange.UP_TO_4096, 2L));
      assertThat(arena.statistics().allocations()).isEqualTo(6);
      arena.free(block, 99);
      arena.free(other, 4_000);
    }
  }

  @Test
  void figures_ofArenasTogether_addUpAndStay() {
    try (Arena one = unchecked(Strategies.HYBRID);
        Arena two = unchecked(Strategies.FREE_LIST)) {
      one.free(one.allocate(1_000), 1_000);
      two.free(two.allocate(1_024), 1_024);
      two.free(two.allocate(10), 10);
      ArenaFigures both = one.statistics().snapshot().plus(two.statistics().snapshot());
      ArenaFigures kept = both.countersOnly().plus(ArenaFigures.NONE);
      for (ArenaFigures each : new ArenaFigures[] {both, kept, ArenaFigures.NONE.notBelow(both)}) {
        assertThat(each.allocations(SizeRange.UP_TO_1024)).isEqualTo(2);
        assertThat(each.allocations(SizeRange.UP_TO_64)).isEqualTo(1);
        assertThat(each.allocations(SizeRange.LARGE)).isZero();
      }
      assertThat(both).isNotEqualTo(one.statistics().snapshot());
    }
  }
}
