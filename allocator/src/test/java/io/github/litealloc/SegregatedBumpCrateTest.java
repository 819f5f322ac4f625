package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The segregated strategy with the crate's four classes: 16, 32, 64 and 128 bytes. */
class SegregatedBumpCrateTest extends BuiltInStrategyContract {

  @Override
  protected StrategyFactory strategy() {
    return TestStrategies.CRATE;
  }

  @Override
  long mostReservedPerUsed() {
    return 16; // most of those buffers are above its classes, and so wait for their chunks
  }

  @Test
  void allocate_smallSizes_takeTheirClass() {
    int[] requests = {1, 16, 17, 32, 33, 64, 65, 128, 129, 1_000};
    int[] sizes = {16, 16, 32, 32, 64, 64, 128, 128, 144, 1_008};
    for (int i = 0; i < requests.length; i++) {
      long block = allocate(requests[i]);
      assertThat(arena.sizeOf(block, requests[i])).isEqualTo(sizes[i]);
    }
  }

  @Test
  void free_small_isReusedByItsClassOnly() {
    long tiny = allocate(10);
    long small = allocate(20);
    arena.free(tiny, 10);

    assertThat(allocate(20)).isNotIn(tiny, small);
    assertThat(allocate(16)).isEqualTo(tiny);
  }

  @Test
  void free_severalClasses_eachIsReusedLastFirst() {
    int[] sizes = {16, 32, 64, 128};
    long[] lower = new long[4];
    long[] upper = new long[4];
    Set<Long> all = new HashSet<>();
    allocate(16);
    for (int i = 0; i < 4; i++) {
      lower[i] = allocate(sizes[i]);
      upper[i] = allocate(sizes[i]);
      all.add(lower[i]);
      all.add(upper[i]);
    }
    assertThat(all).hasSize(8);
    for (int i = 0; i < 4; i++) {
      arena.free(upper[i], sizes[i]);
      arena.free(lower[i], sizes[i]);
    }
    for (int i = 3; i >= 0; i--) {
      assertThat(allocate(sizes[i])).isEqualTo(lower[i]);
      assertThat(allocate(sizes[i])).isEqualTo(upper[i]);
    }
  }

  @Test
  void free_large_isNotReusedByItself() {
    long anchor = allocate(200);
    long large = allocate(200);
    arena.free(large, 200);

    assertThat(allocate(200)).isGreaterThan(large);
    verify(anchor, 200);
  }

  @Test
  void free_lastLargeBlockOfTheTopChunk_rewindsIt() {
    for (int round = 0; round < 10; round++) {
      List<Long> blocks = new ArrayList<>();
      for (int i = 0; i < UNIT / 1_024; i++) {
        blocks.add(allocate(1_024));
      }
      for (long block : blocks) {
        verify(block, 1_024);
        arena.free(block, 1_024);
      }
    }
    assertThat(statistics().chunkReservations()).isEqualTo(1);
    assertThat(Blocks.offset(allocate(1_024))).isZero();
  }

  @Test
  void free_lastBlockOfAnOldChunk_recyclesItWhole() {
    List<Long> old = new ArrayList<>();
    for (int i = 0; i < UNIT / 1_024; i++) {
      old.add(allocate(1_024));
    }
    long recent = allocate(1_024);
    assertThat(statistics().chunks()).isEqualTo(2);
    for (long block : old) {
      arena.free(block, 1_024);
    }
    assertThat(statistics().pinnedBytes()).isEqualTo(UNIT);
    assertThat(arena.trim()).isEqualTo(UNIT); // it had stayed as the spare
    assertThat(statistics().chunks()).isEqualTo(1);
    assertThat(store.idleBytes()).isEqualTo(UNIT);
    verify(recent, 1_024);
  }

  @Test
  void allocate_newChunkWhileThereIsASpareOne_givesThatBack() {
    List<Long> old = new ArrayList<>();
    for (int i = 0; i < UNIT / 1_024; i++) {
      old.add(allocate(1_024));
    }
    for (int i = 0; i < UNIT / 1_024; i++) {
      allocate(1_024);
    }
    for (long block : old) {
      arena.free(block, 1_024);
    }
    assertThat(statistics().chunks()).isEqualTo(2);
    allocate(1_024);
    assertThat(statistics().chunkReservations()).isEqualTo(3);
    assertThat(statistics().chunks()).isEqualTo(2);
  }

  @Test
  void free_lastBlockOfAMixedTopChunk_isRecycledWhenItIsFull() {
    // One small block keeps the top chunk from rewinding: large blocks use it up, then it goes
    // back whole.
    allocate(16);
    for (int i = 0; i < 5_000; i++) {
      long large = allocate(1_024);
      arena.free(large, 1_024);
    }
    assertThat(statistics().chunks()).isLessThanOrEqualTo(2);
    assertThat(statistics().peakReservedBytes())
        .isLessThanOrEqualTo(UNIT + 2L * Chunks.CHUNK_BYTES);
  }

  @Test
  void giveBack_binsStillNameTheChunk_neverServesThem() {
    List<Long> old = new ArrayList<>();
    for (int i = 0; i < (UNIT + Chunks.CHUNK_BYTES) / 64; i++) {
      old.add(allocate(64));
    }
    int oldSlot = Blocks.chunk(old.get(old.size() - 1));
    long anchor = allocate(16);
    for (long block : old) {
      arena.free(block, 64);
    }
    assertThat(statistics().chunks()).isEqualTo(2); // the first of them stays as the spare

    // The slot must not name another chunk while entries are left that name it. Two more chunks:
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < 2 * Chunks.CHUNK_BYTES / 128; i++) {
      long block = allocate(128);
      assertThat(Blocks.chunk(block)).isNotEqualTo(oldSlot);
      blocks.add(block);
    }
    assertThat(new HashSet<>(blocks)).hasSize(blocks.size());

    // The first of these meets the entries and drops them all, so the slot may be used again.
    boolean isReused = false;
    for (int i = 0; i < 2 * Chunks.CHUNK_BYTES / 64; i++) {
      long block = allocate(64);
      isReused |= Blocks.chunk(block) == oldSlot;
      verify(block, 64);
    }
    assertThat(isReused).isTrue();
    for (long block : blocks) {
      verify(block, 128);
    }
    verify(anchor, 16);
  }

  @Test
  void trim_binsNameChunksGivenBack_freesTheirSlots() {
    for (int round = 0; round < 100; round++) {
      List<Long> blocks = new ArrayList<>();
      int bytes = 16 << round % 4; // another bin each time, so that only trimming drops the entries
      for (int i = 0; i < (UNIT + UNIT) / bytes; i++) {
        blocks.add(arena.allocate(bytes));
      }
      for (long block : blocks) {
        assertThat(Blocks.chunk(block)).isLessThan(2);
        arena.free(block, bytes);
      }
      arena.trim();
      assertThat(statistics().chunks()).isZero();
    }
  }

  @Test
  void free_aligned_isReusedByAlignedAndByOthers() {
    allocate(16);
    long aligned = allocate(32, 128);
    assertThat(isAligned(aligned, 128)).isTrue();
    arena.free(aligned, 32);
    assertThat(allocate(32, 128)).isEqualTo(aligned);
    arena.free(aligned, 32);
    assertThat(allocate(32)).isEqualTo(aligned);
  }

  @Test
  void allocate_aligned_skipsBlocksOfTheClassThatAreNot() {
    long aligned = allocate(128, 1_024);
    long next = allocate(128);
    arena.free(aligned, 128);
    arena.free(next, 128); // the first that the bin would hand out

    assertThat(allocate(100, 1_024)).isEqualTo(aligned);
    assertThat(allocate(100)).isEqualTo(next);
  }

  @Test
  void allocate_alignedBeyondTheSearchLimit_carves() {
    long hidden = allocate(128, 1_024);
    List<Long> others = new ArrayList<>();
    while (others.size() < 32) {
      long block = allocate(128);
      if (!isAligned(block, 1_024)) {
        others.add(block);
      }
    }
    arena.free(hidden, 128);
    for (long block : others) {
      arena.free(block, 128);
    }
    assertThat(allocate(128, 1_024)).isNotEqualTo(hidden);
    allocate(128); // takes the most recent one, so that 31 are left above the hidden one
    assertThat(allocate(128, 1_024)).isEqualTo(hidden);
  }

  @Test
  void reallocate_withinItsClass_stays() {
    long block = allocate(100);
    allocate(16);

    assertThat(place(arena.reallocate(block, 100, 80))).isEqualTo(place(block));
    assertThat(place(arena.reallocate(block, 80, 128))).isEqualTo(place(block));
    verify(block, 80);
    assertThat(arena.sizeOf(block, 128)).isEqualTo(128);
  }

  @Test
  void reallocate_toASmallerClass_keepsItsOwn() {
    allocate(16);
    long block = allocate(128);
    allocate(16);
    long shrunk = arena.reallocate(block, 128, 10);

    assertThat(arena.sizeOf(shrunk, 10)).isEqualTo(128);
    assertThat(statistics().usedBytes()).isEqualTo(16 + 128 + 16);
    arena.free(shrunk, 10);
    assertThat(allocate(10)).isNotEqualTo(block);
    assertThat(place(allocate(128))).isEqualTo(place(block));
  }

  @Test
  void reallocate_largerThanItsClass_movesToTheNext() {
    long block = allocate(16);
    long obstacle = allocate(16);
    long moved = arena.reallocate(block, 16, 32);

    assertThat(moved).isNotEqualTo(block);
    verify(moved, 16, block);
    assertThat(arena.sizeOf(moved, 32)).isEqualTo(32);
    assertThat(place(allocate(16))).isEqualTo(place(block));
    verify(obstacle, 16);
  }

  @Test
  void reallocate_largeAtTheTop_growsInPlace() {
    long block = allocate(256);
    assertThat(place(arena.reallocate(block, 256, 512))).isEqualTo(place(block));
    verify(block, 256);
    assertThat(allocate(16) - block).isEqualTo(512);
  }

  @Test
  void reallocate_classToLargeAtTheTop_countsAsLarge() {
    // Its chunk must know that this block will never be in a bin.
    for (int round = 0; round < 3; round++) {
      long block = allocate(64);
      assertThat(place(arena.reallocate(block, 64, 300))).isEqualTo(place(block));
      verify(block, 64);
      arena.free(block, 300);
      assertThat(Blocks.offset(allocate(200))).isZero(); // so the chunk was rewound
      arena.reset();
    }
  }

  @Test
  void reallocate_largeToSmall_neverEntersABin() {
    allocate(16);
    long block = allocate(1_000);
    allocate(16);
    long shrunk = arena.reallocate(block, 1_000, 16);
    assertThat(arena.sizeOf(shrunk, 16)).isEqualTo(1_008);
    arena.free(shrunk, 16);

    assertThat(allocate(16)).isNotEqualTo(block);
    assertThat(allocate(128)).isNotEqualTo(block);
    assertThat(statistics().usedBytes()).isEqualTo(16 + 16 + 16 + 128);
  }

  @Test
  void reallocate_blockedLarge_moves() {
    allocate(64);
    long block = allocate(256);
    allocate(64);
    long moved = arena.reallocate(block, 256, 512);

    assertThat(moved).isNotEqualTo(block);
    verify(moved, 256, block);
  }
}
