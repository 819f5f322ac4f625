package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemoryPressure;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HybridTest extends BuiltInStrategyContract {

  private static final int SMALL = Hybrid.MAX_SMALL_BYTES;
  private static final int LARGE = Hybrid.MAX_LARGE_BYTES;

  @Override
  protected StrategyFactory strategy() {
    return Strategies.HYBRID;
  }

  @Override
  long mostReservedPerUsed() {
    return 4;
  }

  @Test
  void allocate_upTo32KiB_usesTheSizeClasses() {
    assertThat(SMALL).isEqualTo(32 * 1024);
    long block = allocate(SMALL - 100);
    assertThat(arena.sizeOf(block, SMALL - 100)).isEqualTo(SMALL);
    long small = allocate(129);
    assertThat(arena.sizeOf(small, 129)).isEqualTo(160);
  }

  @Test
  void allocate_above32KiB_roundsUpTo1KiB() {
    long block = allocate(SMALL + 1);
    assertThat(arena.sizeOf(block, SMALL + 1)).isEqualTo(33 * 1024);
    assertThat(statistics().usedBytes()).isEqualTo(33 * 1024);
  }

  @Test
  void allocate_smallAndLarge_neverShareAChunk() {
    long small = allocate(100);
    long large = allocate(40_000);
    assertThat(Blocks.chunk(large)).isNotEqualTo(Blocks.chunk(small));

    // So a small straggler does not pin what large blocks leave.
    arena.free(large, 40_000);
    arena.trim();
    assertThat(statistics().reservedBytes()).isEqualTo(UNIT);
    verify(small, 100);
  }

  @Test
  void free_largeNeighbours_areMerged() {
    arena.free(allocate(LARGE / 2), LARGE / 2); // a chunk that has room for all of them
    long anchor = allocate(40_000);
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      blocks.add(allocate(40 * 1024));
    }
    long end = allocate(40_000);
    long taken = statistics().chunkReservations();
    arena.free(blocks.get(0), 40 * 1024);
    arena.free(blocks.get(2), 40 * 1024);
    arena.free(blocks.get(1), 40 * 1024);

    assertThat(allocate(120 * 1024)).isEqualTo(blocks.get(0));
    assertThat(statistics().chunkReservations()).isEqualTo(taken);
    verify(anchor, 40_000);
    verify(end, 40_000);
  }

  @Test
  void allocate_upTo2MiB_sharesChunks() {
    long first = allocate(LARGE);
    assertThat(arena.sizeOf(first, LARGE)).isEqualTo(LARGE);
    assertThat(statistics().reservedBytes()).isEqualTo(LARGE);
    arena.free(first, LARGE);
    long second = allocate(60_000);
    long third = allocate(60_000);
    assertThat(Blocks.chunk(third)).isEqualTo(Blocks.chunk(second));
    assertThat(statistics().reservedBytes()).isEqualTo(LARGE);
  }

  @Test
  void reallocate_growsAgainAndAgain_findsItsChunkAndIsCopiedNoMore() {
    growToOneMiB();
    growToOneMiB(); // now the chunk that is kept is large enough
    long copied = statistics().copiedBytes();
    long taken = statistics().chunkReservations();
    growToOneMiB();
    assertThat(statistics().copiedBytes()).isEqualTo(copied);
    assertThat(statistics().chunkReservations()).isEqualTo(taken);
  }

  private void growToOneMiB() {
    int bytes = SMALL + 1;
    long block = allocate(bytes);
    for (int larger = 2 * SMALL; larger <= 1024 * 1024; larger *= 2) {
      block = arena.reallocate(block, bytes, larger);
      bytes = larger;
    }
    arena.free(block, bytes);
  }

  @Test
  void free_lastLargeBlockUnderPressure_givesItsChunkBackAtOnce() {
    MemoryBudget tight = MemoryBudget.of("tight", LARGE + UNIT);
    ChunkStore tightStore = ChunkStore.builder().source(source).budget(tight).build();
    try (Arena pressed = Arena.builder().strategy(strategy()).store(tightStore).build()) {
      long block = pressed.allocate(LARGE);
      assertThat(tight.pressure()).isNotEqualTo(MemoryPressure.NORMAL);
      pressed.free(block, LARGE);
      assertThat(pressed.statistics().reservedBytes()).isZero();
    }
    tightStore.trim();
  }

  @Test
  void allocate_above2MiB_getsAChunkOfItsOwnAndGivesItBackAtOnce() {
    long small = allocate(100);
    long huge = allocate(LARGE + 1);
    int chunkBytes = LARGE + UNIT;

    assertThat(Blocks.offset(huge)).isZero();
    assertThat(arena.buffer(huge).capacity()).isEqualTo(chunkBytes);
    assertThat(arena.sizeOf(huge, LARGE + 1)).isEqualTo(chunkBytes);
    assertThat(statistics().usedBytes()).isEqualTo(chunkBytes + 112);
    assertThat(statistics().reservedBytes()).isEqualTo(chunkBytes + UNIT);
    long other = allocate(100_000);
    assertThat(Blocks.chunk(other)).isNotEqualTo(Blocks.chunk(huge));

    long reserved = statistics().reservedBytes();
    arena.free(huge, LARGE + 1);
    assertThat(statistics().reservedBytes()).isEqualTo(reserved - chunkBytes);
    verify(small, 100);
    verify(other, 100_000);
  }

  @Test
  void allocate_smallAfterManyLargeChunks_isServed() {
    for (int chunk = 0; chunk < 9; chunk++) {
      assertThat(Blocks.chunk(allocate(LARGE))).isEqualTo(chunk);
    }
    long small = allocate(100);
    assertThat(Blocks.chunk(small)).isEqualTo(9);
    arena.free(small, 100);
  }

  @Test
  void reallocate_acrossTheThresholds_movesContents() {
    long small = allocate(SMALL);
    long large = arena.reallocate(small, SMALL, SMALL + 1);
    assertThat(large).isNotEqualTo(small);
    verify(large, SMALL, small);

    long largest = arena.reallocate(large, SMALL + 1, LARGE);
    verify(largest, SMALL, small);
    long huge = arena.reallocate(largest, LARGE, LARGE + 1);
    assertThat(huge).isNotEqualTo(largest);
    verify(huge, SMALL, small);
    assertThat(arena.reallocate(huge, LARGE + 1, LARGE + UNIT)).isEqualTo(huge); // its own rest

    long largeAgain = arena.reallocate(huge, LARGE + UNIT, LARGE);
    assertThat(largeAgain).isNotEqualTo(huge);
    verify(largeAgain, SMALL, small);
    long smallAgain = arena.reallocate(largeAgain, LARGE, SMALL);
    assertThat(smallAgain).isNotEqualTo(largeAgain);
    verify(smallAgain, SMALL, small);
    assertThat(statistics().usedBytes()).isEqualTo(SMALL);
    assertThat(statistics().liveBlocks()).isEqualTo(1);
  }

  @Test
  void reset_largeBlocks_forgetsThem() {
    long first = allocate(50_000);
    long second = allocate(50_000);
    allocate(50_000);
    arena.free(second, 50_000);
    arena.reset();
    assertThat(allocate(50_000)).isEqualTo(first);
    assertThat(statistics().chunks()).isEqualTo(1);
  }

  @Test
  void fragmentation_smallAndLarge_areBothTold() {
    int large = 40 * 1_024;
    long hole = allocate(large);
    long end = allocate(large);
    allocate(16);
    arena.free(allocate(large), large);
    arena.free(hole, large);
    allocate(16);

    long told = 0;
    for (FragmentationMap.ChunkUse use : arena.fragmentation().chunks()) {
      told += use.freeRunBytes();
    }
    assertThat(told).isEqualTo(statistics().freeBytes());
    verify(end, large);
  }

  @Test
  void trim_stragglersOfBothKinds_keepOnlyTheirChunks() {
    List<Long> smalls = new ArrayList<>();
    List<Long> larges = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      smalls.add(allocate(10_000));
      larges.add(allocate(50_000));
    }
    long small = smalls.remove(50);
    long large = larges.remove(50);
    for (long block : smalls) {
      arena.free(block, 10_000);
    }
    for (long block : larges) {
      arena.free(block, 50_000);
    }
    arena.trim();
    assertThat(statistics().chunks()).isEqualTo(2);
    assertThat(statistics().reservedBytes()).isEqualTo(statistics().pinnedBytes());
    verify(small, 10_000);
    verify(large, 50_000);
  }
}
