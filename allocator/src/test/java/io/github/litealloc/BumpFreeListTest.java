package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BumpFreeListTest extends BuiltInStrategyContract {

  @Override
  protected StrategyFactory strategy() {
    return Strategies.BUMP_FREE_LIST;
  }

  /** Blocks of 16 bytes, free and more recent than whatever is on the list. */
  private void listSmallBlocks(int count) {
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blocks.add(allocateFresh(16));
    }
    for (long block : blocks) {
      arena.free(block, 16);
    }
  }

  /** From the top, by asking for more than any listed block has. */
  private long allocateFresh(int bytes) {
    long block = arena.allocate(4_096);
    return arena.reallocate(block, 4_096, bytes);
  }

  @Test
  void allocate_nothingFreed_bumps() {
    long first = allocate(4);
    long second = allocate(40);
    long third = allocate(16);

    assertThat(Blocks.offset(first)).isZero();
    assertThat(Blocks.offset(second)).isEqualTo(16);
    assertThat(Blocks.offset(third)).isEqualTo(16 + 48);
  }

  @Test
  void allocate_severalFreed_takesTheMostRecentThatFits() {
    allocate(16);
    long first = allocate(32);
    long second = allocate(32);
    long third = allocate(32);
    arena.free(first, 32);
    arena.free(third, 32);
    arena.free(second, 32);

    assertThat(allocate(32)).isEqualTo(second);
    assertThat(allocate(32)).isEqualTo(third);
    assertThat(allocate(32)).isEqualTo(first);
  }

  @Test
  void allocate_mostRecentTooSmall_takesAnOlderOne() {
    allocate(16);
    long large = allocate(128);
    long small = allocate(16);
    arena.free(large, 128);
    arena.free(small, 16);

    assertThat(allocate(128)).isEqualTo(large);
    assertThat(allocate(16)).isEqualTo(small);
  }

  @Test
  void free_neighbours_areNotMerged() {
    allocate(16);
    long lower = allocate(32);
    long upper = allocate(32);
    arena.free(lower, 32);
    arena.free(upper, 32);

    long large = allocate(64);
    assertThat(large).isGreaterThan(upper);
    assertThat(allocate(32)).isEqualTo(upper);
    assertThat(allocate(32)).isEqualTo(lower);
  }

  @Test
  void allocate_fromLargerBlock_keepsItWhole() {
    allocate(16);
    long block = allocate(1_000);
    allocate(16); // or the block would be part of the wilderness again
    arena.free(block, 1_000);
    long small = allocate(520);

    assertThat(place(small)).isEqualTo(place(block));
    assertThat(arena.sizeOf(small, 520)).isEqualTo(1_008); // not split, and accounted for
    assertThat(statistics().usedBytes()).isEqualTo(16 + 1_008 + 16);
    assertThat(statistics().requestedBytes()).isEqualTo(16 + 520 + 16);

    long grown = arena.reallocate(small, 520, 1_000);
    assertThat(place(grown)).isEqualTo(place(block)); // grows into its own rest
    verify(grown, 520, small);
    arena.free(grown, 1_000);
    assertThat(statistics().usedBytes()).isEqualTo(16 + 16);
    assertThat(place(allocate(1_008))).isEqualTo(place(block));
  }

  @Test
  void allocate_fromMuchLargerBlock_onlyIfThereIsNothingElse() {
    arena = newArena(UNIT);
    long large = allocate(20_000);
    long rest = allocate(UNIT - 20_000 - 16);
    arena.free(large, 20_000);
    long small = allocate(20); // the budget has no more
    assertThat(place(small)).isEqualTo(place(large));
    verify(rest, UNIT - 20_000 - 16);
    arena.free(small, 20);
    arena.free(rest, UNIT - 20_000 - 16);
  }

  @Test
  void allocate_fitBeyondTheSearchLimit_bumps() {
    allocate(16);
    long hidden = allocate(64);
    allocate(16);
    arena.free(hidden, 64);
    listSmallBlocks(BumpFreeList.DEFAULT_SEARCH_LIMIT);

    long searched = statistics().searchedBlocks();
    long block = allocate(64);
    assertThat(block).isNotEqualTo(hidden);
    assertThat(statistics().chunks()).isEqualTo(1);
    assertThat(statistics().searchedBlocks() - searched)
        .isEqualTo(BumpFreeList.DEFAULT_SEARCH_LIMIT);
  }

  @Test
  void allocate_fitWithinTheSearchLimit_isFound() {
    allocate(16);
    long hidden = allocate(64);
    allocate(16);
    arena.free(hidden, 64);
    listSmallBlocks(BumpFreeList.DEFAULT_SEARCH_LIMIT - 1);

    long searched = statistics().searchedBlocks();
    assertThat(allocate(64)).isEqualTo(hidden);
    assertThat(statistics().searchedBlocks() - searched)
        .isEqualTo(BumpFreeList.DEFAULT_SEARCH_LIMIT);
  }

  @Test
  void allocate_wouldGrow_searchesAllBlocksFirst() {
    allocate(16);
    long hidden = allocate(64);
    allocate(16);
    arena.free(hidden, 64);
    listSmallBlocks(10 * BumpFreeList.DEFAULT_SEARCH_LIMIT);
    int rest = UNIT - 16 - 64 - 16 - 10 * BumpFreeList.DEFAULT_SEARCH_LIMIT * 16;
    allocate(rest);

    assertThat(allocate(64)).isEqualTo(hidden);
    assertThat(statistics().chunkReservations()).isEqualTo(1);
    allocate(64);
    assertThat(statistics().chunkReservations()).isEqualTo(2);
  }

  @Test
  void allocate_wasteFactor_leavesBlocksThatAreTooLarge() {
    arena = Arena.builder().strategy(TestStrategies.FRUGAL_BUMP).store(store).build(); // factor 4
    allocate(16);
    long block = allocate(128);
    allocate(16);
    arena.free(block, 128);

    assertThat(allocate(16)).isNotEqualTo(block);
    assertThat(place(allocate(17))).isEqualTo(place(block)); // 128 bytes are 4 times 32
  }

  @Test
  void allocate_wasteFactor_growsRatherThanWaste() {
    arena = Arena.builder().strategy(TestStrategies.FRUGAL_BUMP).store(store).build();
    allocate(16);
    long block = allocate(1_024);
    allocate(UNIT - 16 - 1_024);
    arena.free(block, 1_024);

    long reused = allocate(255);
    assertThat(statistics().chunkReservations()).isEqualTo(1);
    arena.free(reused, 255);
    allocate(240);
    assertThat(statistics().chunkReservations()).isEqualTo(2);
  }

  @Test
  void free_lastBlockOfTheArena_rewindsToEmpty() {
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      blocks.add(allocate(100));
    }
    for (long block : blocks) {
      arena.free(block, 100);
    }
    // The list is empty again, so blocks are carved from the start, in order and exactly.
    for (int i = 0; i < 100; i++) {
      long block = allocate(48);
      assertThat(Blocks.offset(block)).isEqualTo(48 * i);
      assertThat(arena.sizeOf(block, 48)).isEqualTo(48);
    }
    assertThat(statistics().searchedBlocks()).isZero();
  }

  @Test
  void free_lastBlockOfTheArena_givesAllButTopAndSpareBack() {
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      blocks.add(allocate(1_000));
    }
    assertThat(statistics().chunks()).isGreaterThan(4);
    for (int i = blocks.size() - 1; i >= 0; i--) {
      verify(blocks.get(i), 1_000);
      arena.free(blocks.get(i), 1_000);
    }
    assertThat(statistics().chunks()).isEqualTo(2);

    // Many rounds of that neither leak chunks nor use up slots for them.
    for (int round = 0; round < 20; round++) {
      blocks.clear();
      for (int i = 0; i < 2_000; i++) {
        blocks.add(allocate(1_000));
      }
      for (long block : blocks) {
        assertThat(Blocks.chunk(block)).isLessThan(40);
        verify(block, 1_000);
        arena.free(block, 1_000);
      }
    }
    assertThat(statistics().chunks()).isEqualTo(2);
  }

  @Test
  void free_lastBlockOfAnOldChunk_leavesItAsSpareUntilTrim() {
    for (int i = 0; i < 10; i++) {
      arena.free(allocate(EXACT), EXACT); // a rewind each
    }
    List<Long> old = new ArrayList<>();
    for (int i = 0; i < UNIT / EXACT; i++) {
      old.add(allocate(EXACT));
    }
    long recent = allocate(EXACT);
    for (long block : old) {
      arena.free(block, EXACT);
    }
    assertThat(statistics().chunks()).isEqualTo(2);
    assertThat(arena.trim()).isEqualTo(UNIT);
    assertThat(statistics().reservedBytes()).isEqualTo(UNIT);

    // None of what is listed from the old chunk is ever handed out.
    for (int i = 1; i < UNIT / EXACT; i++) {
      assertThat(Blocks.chunk(allocate(EXACT))).isEqualTo(Blocks.chunk(recent));
    }
    verify(recent, EXACT);
    // All of that has been met and dropped, so the next chunk gets the old one's slot.
    assertThat(Blocks.chunk(allocate(EXACT))).isEqualTo(Blocks.chunk(old.get(0)));
  }

  @Test
  void reallocate_topBlockSmaller_givesTheTailBack() {
    long block = allocate(1_000);
    arena.reallocate(block, 1_000, 100);

    assertThat(arena.sizeOf(block, 100)).isEqualTo(112);
    assertThat(statistics().usedBytes()).isEqualTo(112);
    assertThat(allocate(16) - block).isEqualTo(112);
  }

  @Test
  void reallocate_notTopSmaller_keepsItsSize() {
    long block = allocate(1_000);
    allocate(16);
    long shrunk = arena.reallocate(block, 1_000, 100);

    assertThat(arena.sizeOf(shrunk, 100)).isEqualTo(1_008);
    assertThat(place(arena.reallocate(shrunk, 100, 1_008))).isEqualTo(place(block));
    verify(block, 100);
  }

  @Test
  void reallocate_topBlockBeyondTheChunk_moves() {
    long block = allocate(UNIT - 16);
    long whole = arena.reallocate(block, UNIT - 16, UNIT);
    assertThat(place(whole)).isEqualTo(place(block));

    long moved = arena.reallocate(whole, UNIT, UNIT + 1);
    assertThat(moved).isNotEqualTo(block);
    verify(moved, UNIT - 16, block);
    assertThat(statistics().pinnedBytes()).isEqualTo(2 * UNIT); // the first is empty
  }

  @Test
  void reallocate_notTopMuchSmaller_freesWhatItsNameCannotSay() {
    int bytes = 400 * 1_024;
    long block = allocate(bytes);
    long obstacle = allocate(16);
    long shrunk = arena.reallocate(block, bytes, 16);

    int kept = 16 + Blocks.MAX_SLACK_BYTES;
    assertThat(arena.sizeOf(shrunk, 16)).isEqualTo(kept);
    assertThat(statistics().usedBytes()).isEqualTo(kept + 16);
    long tail = allocate(bytes - kept);
    assertThat(tail).isEqualTo(block + kept);
    verify(shrunk, 16, block);
    verify(tail, bytes - kept);
    verify(obstacle, 16);
  }

  @Test
  void allocate_aligned_skipsListedBlocksThatAreNot() {
    allocate(16);
    long aligned = allocate(64, 1_024);
    long next = allocate(64);
    arena.free(aligned, 64);
    arena.free(next, 64); // the first that the list would hand out

    assertThat(allocate(64, 1_024)).isEqualTo(aligned);
    assertThat(allocate(64)).isEqualTo(next);
  }

  @Test
  void free_blockThatWasSplit_leavesNoEntryThatNamesAnotherChunk() {
    int bytes = 400 * 1_024;
    int kept = 16 + Blocks.MAX_SLACK_BYTES;
    long block = allocate(bytes);
    long obstacle = allocate(40_000);
    long shrunk = arena.reallocate(block, bytes, 16);
    long other = allocate(300 * 1_024); // more than the tail has: in a chunk of its own
    arena.free(shrunk, 16);
    arena.free(obstacle, 40_000);
    assertThat(statistics().chunks()).isEqualTo(1);

    // Three entries are left that name the chunk, and none may be handed out.
    assertThat(Blocks.chunk(allocate(16))).isEqualTo(Blocks.chunk(other));
    long large = allocate(bytes - kept);
    assertThat(statistics().chunks()).isEqualTo(2);
    verify(large, bytes - kept);
    verify(other, 300 * 1_024);
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
  void allocate_newChunk_carvesOnWhereMoreIsLeft() {
    long first = allocate(16);
    long large = allocate(200 * 1_024); // leaves 56 KiB, less than in the first chunk
    assertThat(allocate(16)).isEqualTo(first + 16);
    allocate(60 * 1_024);

    long larger = allocate(201 * 1_024); // leaves 55 KiB, more than the first chunk has now
    assertThat(Blocks.chunk(larger)).isNotEqualTo(Blocks.chunk(large));
    assertThat(allocate(16)).isEqualTo(larger + 201 * 1_024);
  }

  @Test
  void fragmentation_listAndRest_areTheFreeRuns() {
    allocate(16);
    long lower = allocate(64);
    long upper = allocate(64);
    arena.free(lower, 64);
    arena.free(upper, 64);
    assertThat(arena.fragmentation().chunks().get(0).freeRuns()).isEqualTo(3);
    allocate(64);
    assertThat(arena.fragmentation().chunks().get(0).freeRuns()).isEqualTo(2);
  }

  @Test
  void reallocate_smallerByAllThatANameCanSay_splitsNothingOff() {
    int bytes = 64 + Blocks.MAX_SLACK_BYTES;
    long block = allocate(bytes);
    allocate(16);
    long shrunk = arena.reallocate(block, bytes, 64);
    assertThat(arena.sizeOf(shrunk, 64)).isEqualTo(bytes);
    assertThat(arena.fragmentation().chunks().get(0).freeRuns()).isEqualTo(1);
  }

  @Test
  void merges_blocksStayAsTheyAre_areNone() {
    long first = allocate(64);
    long second = allocate(64);
    allocate(64);
    arena.free(first, 64);
    arena.free(second, 64);
    assertThat(statistics().merges()).isZero();
  }
}
