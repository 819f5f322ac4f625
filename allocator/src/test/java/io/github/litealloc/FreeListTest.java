package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FreeListTest extends BuiltInStrategyContract {

  @Override
  protected StrategyFactory strategy() {
    return Strategies.FREE_LIST;
  }

  private List<Long> allocateSome(int count, int bytes) {
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blocks.add(allocate(bytes));
    }
    return blocks;
  }

  @Test
  void allocate_nothingFreed_ascendsWithoutGaps() {
    long first = allocate(16);
    assertThat(allocate(16) - first).isEqualTo(16);
    assertThat(allocate(100) - first).isEqualTo(32);
    assertThat(allocate(16) - first).isEqualTo(32 + 112);
  }

  @Test
  void allocate_fromALargerFreeBlock_splitsIt() {
    long block = allocate(128);
    allocate(16);
    arena.free(block, 128);

    long part = allocate(112);
    assertThat(place(part)).isEqualTo(place(block));
    assertThat(arena.sizeOf(part, 112)).isEqualTo(112);
    assertThat(allocate(16)).isEqualTo(block + 112); // the rest is a block again
    assertThat(statistics().usedBytes()).isEqualTo(128 + 16);
  }

  @Test
  void allocate_severalHoles_takesTheLowestThatFits() {
    List<Long> blocks = allocateSome(9, 64);
    long wide = blocks.get(4);
    arena.free(blocks.get(7), 64);
    arena.free(blocks.get(1), 64);
    arena.free(wide, 64);
    arena.free(blocks.get(5), 64);

    assertThat(allocate(128)).isEqualTo(wide);
    assertThat(allocate(64)).isEqualTo(blocks.get(1));
    assertThat(allocate(64)).isEqualTo(blocks.get(7));
  }

  @Test
  void free_hole_isFilledBeforeTheTop() {
    List<Long> blocks = allocateSome(3, 64);
    arena.free(blocks.get(1), 64);

    assertThat(allocate(64)).isEqualTo(blocks.get(1));
    assertThat(allocate(64)).isGreaterThan(blocks.get(2));
  }

  @Test
  void free_touchingBlocksInAnyOrder_mergesThem() {
    int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (int[] order : orders) {
      long below = allocate(16);
      List<Long> blocks = allocateSome(3, 128);
      long above = allocate(16);
      for (int i : order) {
        arena.free(blocks.get(i), 128);
      }
      assertThat(allocate(384)).isEqualTo(blocks.get(0));
      verify(below, 16);
      verify(above, 16);
      arena.reset();
    }
  }

  @Test
  void free_everySecondThenTheOthers_leavesOneBlock() {
    List<Long> blocks = allocateSome(10, 64);
    for (int i = 0; i < 10; i += 2) {
      arena.free(blocks.get(i), 64);
    }
    for (int i = 1; i < 10; i += 2) {
      arena.free(blocks.get(i), 64);
    }
    assertThat(allocate(UNIT)).isEqualTo(blocks.get(0)); // the chunk is one block again
    assertThat(statistics().chunkReservations()).isEqualTo(1);
  }

  @Test
  void free_allInRandomOrder_leavesEveryChunkWhole() {
    Random random = new Random(11);
    for (int round = 0; round < 20; round++) {
      List<Long> blocks = allocateSome(500, 640);
      Collections.shuffle(blocks, random);
      for (long block : blocks) {
        verify(block, 640);
        arena.free(block, 640);
      }
      assertThat(statistics().chunks()).isEqualTo(2); // top and spare wait for a trim
    }
    arena.trim();
    assertThat(statistics().chunks()).isZero();
  }

  @Test
  void allocate_gapBeforeAnAlignedBlock_isUsed() {
    long first = allocate(16);
    long aligned = allocate(64, 1_024);
    assertThat(aligned - first).isGreaterThan(16);

    for (long gap = first + 16; gap < aligned; gap += 16) {
      assertThat(allocate(16)).isEqualTo(gap);
    }
    assertThat(allocate(16)).isEqualTo(aligned + 64);
  }

  @Test
  void allocate_alignedWithinAHole_leavesBothEndsFree() {
    allocate(16);
    long hole = allocate(4_096);
    long end = allocate(16);
    arena.free(hole, 4_096);
    long aligned = allocate(64, 1_024);

    assertThat(isAligned(aligned, 1_024)).isTrue();
    assertThat(aligned).isBetween(hole, end);
    if (aligned > hole) {
      assertThat(allocate((int) (aligned - hole))).isEqualTo(hole);
    }
    assertThat(allocate((int) (end - aligned - 64))).isEqualTo(aligned + 64);
  }

  @Test
  void allocate_alignedToTheLastByteOfTheChunk_fits() {
    long first = allocate(16);
    long next = first + 16;
    while (!isAligned(next, 1_024)) {
      next += 16;
    }
    long aligned = allocate(UNIT - Blocks.offset(next), 1_024);
    assertThat(aligned).isEqualTo(next);
    assertThat(statistics().reservedBytes()).isEqualTo(UNIT);
  }

  @Test
  void allocate_alignedInANewChunk_takesNoMoreThanItMayNeed() {
    allocate(UNIT - (4_096 - 16), 4_096);
    assertThat(statistics().reservedBytes()).isEqualTo(UNIT);
  }

  @Test
  void allocate_newChunk_leavesTheRestOfTheOldOneInUse() {
    allocate(UNIT - 1_024);
    long large = allocate(2_048);
    assertThat(statistics().chunks()).isEqualTo(2);

    assertThat(Blocks.offset(allocate(1_024))).isEqualTo(UNIT - 1_024);
    assertThat(statistics().chunks()).isEqualTo(2);
    verify(large, 2_048);
  }

  @Test
  void reallocate_smaller_givesTheTailBack() {
    long block = allocate(128);
    long above = allocate(16);
    assertThat(place(arena.reallocate(block, 128, 64))).isEqualTo(place(block));

    assertThat(arena.sizeOf(block, 64)).isEqualTo(64);
    assertThat(statistics().usedBytes()).isEqualTo(64 + 16);
    assertThat(allocate(64)).isEqualTo(block + 64);
    verify(block, 64);
    verify(above, 16);
  }

  @Test
  void reallocate_freeNeighbour_growsIntoIt() {
    List<Long> blocks = allocateSome(3, 64);
    arena.free(blocks.get(1), 64);
    long grown = arena.reallocate(blocks.get(0), 64, 128);

    assertThat(grown).isEqualTo(blocks.get(0));
    verify(grown, 64);
    write(grown, 128);
    verify(blocks.get(2), 64);
    assertThat(statistics().usedBytes()).isEqualTo(192);
    assertThat(statistics().reallocationsInPlace()).isEqualTo(1);
  }

  @Test
  void reallocate_freeNeighbourLargerThanNeeded_takesOnlyThat() {
    List<Long> blocks = allocateSome(4, 64);
    arena.free(blocks.get(1), 64);
    arena.free(blocks.get(2), 64);

    assertThat(arena.reallocate(blocks.get(0), 64, 80)).isEqualTo(blocks.get(0));
    assertThat(allocate(112)).isEqualTo(blocks.get(0) + 80);
    verify(blocks.get(3), 64);
  }

  @Test
  void reallocate_freeNeighbourTooSmall_moves() {
    List<Long> blocks = allocateSome(3, 64);
    arena.free(blocks.get(1), 64);
    long moved = arena.reallocate(blocks.get(0), 64, 144);

    assertThat(moved).isNotEqualTo(blocks.get(0));
    verify(moved, 64, blocks.get(0));
    assertThat(allocate(128)).isEqualTo(blocks.get(0)); // what it left has merged
    verify(blocks.get(2), 64);
  }

  @Test
  void reallocate_topBlockBeyondTheChunk_moves() {
    long block = allocate(UNIT - 16);
    assertThat(place(arena.reallocate(block, UNIT - 16, UNIT))).isEqualTo(place(block));
    long moved = arena.reallocate(block, UNIT, UNIT + 1);

    assertThat(moved).isNotEqualTo(block);
    verify(moved, UNIT - 16, block);
    assertThat(statistics().pinnedBytes()).isEqualTo(2 * UNIT);
  }

  @Test
  void reallocate_sameSizeBelowAnother_changesNothing() {
    long block = allocate(64);
    allocate(64);
    assertThat(arena.reallocate(block, 64, 60)).isEqualTo(block);
    assertThat(statistics().reallocationsShrunk()).isEqualTo(1);
    assertThat(arena.fragmentation().chunks().get(0).freeRuns()).isEqualTo(1);
    verify(block, 60);
  }

  @Test
  void allocate_alignedWhereTheTopIs_leavesNoGap() {
    long first = allocate(64, 1_024);
    arena.reallocate(first, 64, 1_024);
    assertThat(allocate(64, 1_024)).isEqualTo(first + 1_024);
    int gap = Blocks.offset(first) > 0 ? 1 : 0;
    assertThat(arena.fragmentation().chunks().get(0).freeRuns()).isEqualTo(gap + 1);
  }

  @Test
  void allocate_nothingEmptyFits_givesItBackForWhatDoes() {
    arena.free(allocate(16), 16); // an empty top
    long first = allocate(UNIT + 16);
    assertThat(statistics().chunkReservations()).isEqualTo(2);
    assertThat(statistics().chunks()).isEqualTo(1);

    allocate(4 * UNIT); // more than is left
    arena.free(first, UNIT + 16); // an empty spare
    assertThat(statistics().chunks()).isEqualTo(2);
    allocate(5 * UNIT);
    assertThat(statistics().chunkReservations()).isEqualTo(4);
    assertThat(statistics().chunks()).isEqualTo(2);
  }

  @Test
  void free_lastBlockOfAnOldChunk_leavesItAsSpareUntilTrim() {
    List<Long> old = allocateSome(UNIT / 1_024, 1_024);
    long recent = allocate(1_024);
    for (int i = 0; i < old.size(); i += 2) {
      arena.free(old.get(i), 1_024);
    }
    assertThat(statistics().chunks()).isEqualTo(2);
    for (int i = 1; i < old.size(); i += 2) {
      arena.free(old.get(i), 1_024);
    }
    assertThat(statistics().pinnedBytes()).isEqualTo(UNIT);
    arena.trim();
    assertThat(statistics().chunks()).isEqualTo(1);
    verify(recent, 1_024);
  }

  @Test
  void allocate_tenThousandFragments_searchesLogarithmicallyMany() {
    double few = meanSearch(100);
    double many = meanSearch(10_000);

    assertThat(few).isPositive();
    assertThat(many).isLessThan(4 * few);
  }

  /** Free blocks looked at per request, among so many fragments. */
  private double meanSearch(int fragments) {
    arena.reset();
    // Holes grow with their address, so that a request's size decides where its first fit lies.
    int sizes = 64;
    List<Long> holes = new ArrayList<>();
    for (int i = 0; i < fragments; i++) {
      holes.add(arena.allocate(16 + i * sizes / fragments * 16));
      arena.allocate(16);
    }
    for (int i = 0; i < fragments; i++) {
      arena.free(holes.get(i), 16 + i * sizes / fragments * 16);
    }
    Random random = new Random(5);
    long searched = statistics().searchedBlocks();
    int rounds = 10_000;
    for (int i = 0; i < rounds; i++) {
      int bytes = 16 + random.nextInt(sizes) * 16;
      arena.free(arena.allocate(bytes), bytes);
    }
    return (statistics().searchedBlocks() - searched) / (double) rounds;
  }

  @Test
  void merges_countEachFreeBlockThatIsJoined() {
    List<Long> blocks = allocateSome(8, 64);
    arena.free(blocks.get(1), 64);
    arena.free(blocks.get(3), 64);
    assertThat(statistics().merges()).isZero();
    arena.free(blocks.get(4), 64); // behind one
    assertThat(statistics().merges()).isEqualTo(1);
    arena.free(blocks.get(2), 64); // between two
    assertThat(statistics().merges()).isEqualTo(3);
    arena.free(blocks.get(0), 64); // before one
    assertThat(statistics().merges()).isEqualTo(4);
    arena.free(blocks.get(7), 64); // the last one: becomes part of the rest, and touches no other
    assertThat(statistics().merges()).isEqualTo(4);
    arena.free(blocks.get(6), 64);
    arena.free(blocks.get(5), 64); // the rest grows down to it, and takes the first one in
    assertThat(statistics().merges()).isEqualTo(5);
    assertThat(statistics().get(ArenaFigure.MERGES)).isEqualTo(5);
  }
}
