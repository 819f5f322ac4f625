package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.SparseFileSource;
import io.github.litealloc.support.Threads;
import io.github.litealloc.testing.Patterns;
import io.github.litealloc.testing.StrategyContract;
import io.github.litealloc.testing.TestMemorySource;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What our own strategies promise beyond {@link StrategyContract}: how they grow, how closely they
 * pack, what they reuse. A subclass names the strategy and adds what is its own.
 */
abstract class BuiltInStrategyContract extends StrategyContract {

  static final int UNIT = ChunkStore.CHUNK_UNIT_BYTES;

  /** A size that every strategy serves without rounding, and reuses block by block. */
  static final int EXACT = 128;

  final TestMemorySource source = new TestMemorySource(48);
  final MemoryBudget budget = MemoryBudget.unlimited("contract");
  final ChunkStore store =
      ChunkStore.builder().source(source).budget(budget).refusalPauseMillis(0).build();
  Arena arena = newArena(store);

  /** Whether misuse is detected; where it is not, the arena takes its shortcuts. */
  boolean isChecked() {
    return true;
  }

  final Arena newArena(ChunkStore store) {
    return Arena.builder()
        .name("tested")
        .strategy(strategy())
        .store(store)
        .checked(isChecked())
        .build();
  }

  /** An arena whose memory ends after so many bytes. */
  final Arena newArena(long maxBytes) {
    MemoryBudget small = MemoryBudget.of("small", maxBytes);
    return newArena(ChunkStore.builder().source(source).budget(small).decayMillis(0).build());
  }

  @BeforeEach
  final void startWithNothing() {
    assertThat(budget.reservedBytes()).isZero();
  }

  @AfterEach
  final void allMemoryComesBack() {
    if (!arena.isClosed()) {
      arena.reset();
      arena.close();
    }
    store.trim();
    assertThat(arena.statistics().reservedBytes()).isZero();
    assertThat(budget.reservedBytes()).isZero();
    assertThat(source.pieces()).isZero();
  }

  // Helpers. A block is written with a pattern of its own name, so that verify needs to know no
  // more.

  final long allocate(int bytes) {
    return allocate(bytes, 16);
  }

  final long allocate(int bytes, int alignment) {
    long block = arena.allocate(bytes, alignment);
    assertThat(block).isNotEqualTo(Blocks.NO_BLOCK);
    write(block, bytes);
    return block;
  }

  /** Where a block lies: its name may change with its size, its place must not. */
  static long place(long block) {
    return Blocks.withoutSlack(block);
  }

  final void write(long block, int bytes) {
    Patterns.write(arena.buffer(block), Blocks.offset(block), bytes, block);
  }

  final void verify(long block, int bytes) {
    verify(block, bytes, block);
  }

  /** Demands what was written when the block was called {@code writtenAs}. */
  final void verify(long block, int bytes, long writtenAs) {
    Patterns.verify(arena.buffer(block), Blocks.offset(block), bytes, writtenAs);
  }

  final boolean isAligned(long block, int alignment) {
    return arena.buffer(block).alignmentOffset(Blocks.offset(block), alignment) == 0;
  }

  final ArenaStatistics statistics() {
    return arena.statistics();
  }

  /** Blocks of {@link #EXACT} bytes until there are no more, as there must be at some time. */
  final List<Long> allocateUntilExhausted() {
    List<Long> blocks = new ArrayList<>();
    for (long block = arena.allocate(EXACT);
        block != Blocks.NO_BLOCK;
        block = arena.allocate(EXACT)) {
      assertThat(blocks).hasSizeLessThan(100_000);
      write(block, EXACT);
      blocks.add(block);
    }
    return blocks;
  }

  // Sizes and alignment.

  @Test
  void allocate_anySize_getsMultipleOf16ThatHoldsIt() {
    for (int bytes = 0; bytes <= 5_000; bytes++) {
      long block = arena.allocate(bytes);
      int size = arena.sizeOf(block, bytes);
      assertThat(size % Blocks.GRANULE_BYTES).as("size of %d bytes", bytes).isZero();
      assertThat(size).isGreaterThanOrEqualTo(Math.max(bytes, Blocks.GRANULE_BYTES));
      assertThat(Blocks.offset(block) % Blocks.GRANULE_BYTES).isZero();
      arena.free(block, bytes);
    }
  }

  @Test
  void allocate_oneByte_takes16() {
    long first = allocate(1, 1);
    long second = allocate(1, 1);

    assertThat(arena.sizeOf(first, 1)).isEqualTo(16);
    assertThat(second - first).isEqualTo(16);
    assertThat(isAligned(first, 16)).isTrue();
    assertThat(isAligned(second, 16)).isTrue();
    assertThat(statistics().usedBytes()).isEqualTo(32);
    assertThat(statistics().requestedBytes()).isEqualTo(2);
  }

  @Test
  void allocate_zeroBytes_ownsSlot() {
    long first = allocate(0);
    long second = allocate(0);
    long third = allocate(16);

    assertThat(Set.of(first, second, third)).hasSize(3);
    assertThat(arena.sizeOf(first, 0)).isEqualTo(16);
    assertThat(statistics().requestedBytes()).isEqualTo(16);
    assertThat(statistics().usedBytes()).isEqualTo(48);
    assertThat(arena.view(first, 0).capacity()).isZero();
    arena.free(first, 0);
    assertThat(statistics().liveBlocks()).isEqualTo(2);
    verify(third, 16);
    arena.free(second, 0);
    verify(third, 16);
  }

  @Test
  void allocate_everyAlignment_isRespected() {
    List<Long> blocks = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    for (int bytes : new int[] {0, 1, 16, 100, 1_000, 5_000, 40_000, 100_000}) {
      for (int alignment = 1; alignment <= 4096; alignment *= 2) {
        long block = allocate(bytes, alignment);
        assertThat(isAligned(block, Math.max(alignment, 16)))
            .as("%d bytes aligned to %d", bytes, alignment)
            .isTrue();
        blocks.add(block);
        sizes.add(bytes);
        blocks.add(allocate(16)); // or all would start aligned
        sizes.add(16);
      }
    }
    for (int i = 0; i < blocks.size(); i++) {
      verify(blocks.get(i), sizes.get(i));
    }
  }

  @Test
  void allocate_alignedAfterFrees_isRespectedAndReusesMemory() {
    for (int alignment = 32; alignment <= 4096; alignment *= 2) {
      for (int round = 0; round < 100; round++) {
        long obstacle = allocate(16);
        long block = allocate(100, alignment);
        assertThat(isAligned(block, alignment)).isTrue();
        arena.free(obstacle, 16);
        arena.free(block, 100);
      }
    }
    assertThat(statistics().peakReservedBytes()).isEqualTo(UNIT);
  }

  @Test
  void allocate_alignedHuge_isRespected() {
    long block = arena.allocate(5 * 1024 * 1024, 4096);

    assertThat(isAligned(block, 4096)).isTrue();
    assertThat(Blocks.offset(block) + (long) arena.sizeOf(block, 5 * 1024 * 1024))
        .isLessThanOrEqualTo(arena.buffer(block).capacity());
    assertThat(arena.sizeOf(block, 5 * 1024 * 1024)).isGreaterThanOrEqualTo(5 * 1024 * 1024);
    arena.free(block, 5 * 1024 * 1024);
  }

  @Test
  void allocate_manyBlocks_neverOverlapAndKeepTheirContents() {
    Random random = new Random(7);
    List<Long> blocks = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      int bytes = random.nextInt(2_000);
      blocks.add(allocate(bytes));
      sizes.add(bytes);
    }
    for (int i = 0; i < blocks.size(); i += 2) {
      arena.free(blocks.get(i), sizes.get(i));
      blocks.set(i, allocate(sizes.get(i) / 2));
      sizes.set(i, sizes.get(i) / 2);
    }
    assertThat(new HashSet<>(blocks)).hasSize(blocks.size());
    for (int i = 0; i < blocks.size(); i++) {
      verify(blocks.get(i), sizes.get(i));
    }
  }

  @Test
  void allocate_freedBlock_isReused() {
    long anchor = allocate(EXACT); // or the whole chunk would be empty
    long first = allocate(EXACT);
    arena.free(first, EXACT);
    long second = allocate(EXACT);

    assertThat(second).isEqualTo(first);
    verify(second, EXACT);
    verify(anchor, EXACT);
  }

  // Growth.

  @Test
  void build_newArena_holdsNothing() {
    assertThat(statistics().reservedBytes()).isZero();
    assertThat(statistics().chunks()).isZero();
    assertThat(arena.strategy()).isEqualTo(strategy().name());
  }

  @Test
  void allocate_first_takes64KiB() {
    allocate(1);

    assertThat(statistics().reservedBytes()).isEqualTo(UNIT);
    assertThat(statistics().chunkReservations()).isEqualTo(1);
    assertThat(budget.reservedBytes()).isEqualTo(UNIT);
  }

  @Test
  void allocate_whileItFits_doesNotGrow() {
    for (int i = 0; i < UNIT / EXACT; i++) {
      allocate(EXACT);
      assertThat(statistics().reservedBytes()).isEqualTo(UNIT);
    }
    assertThat(statistics().freeBytes()).isZero();

    allocate(EXACT);
    assertThat(statistics().chunkReservations()).isEqualTo(2);
    assertThat(statistics().reservedBytes()).isEqualTo(2 * UNIT);
  }

  @Test
  void allocate_largerArena_growsByLargerChunks() {
    int large = 0;
    for (int i = 0; i < 2 * Chunks.SMALL_ARENA_BYTES / (8 * 1024); i++) {
      allocate(8 * 1024);
      large = Math.max(large, arena.buffer(allocate(EXACT)).capacity());
      boolean isSmall = statistics().reservedBytes() < Chunks.SMALL_ARENA_BYTES;
      assertThat(large).isLessThanOrEqualTo(isSmall ? UNIT : Chunks.CHUNK_BYTES);
    }
    assertThat(large).isEqualTo(Chunks.CHUNK_BYTES);
  }

  @Test
  void allocate_freedBlocksFit_doesNotGrow() {
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < UNIT / EXACT; i++) {
      blocks.add(allocate(EXACT));
    }
    for (int i = 0; i < blocks.size(); i += 3) {
      arena.free(blocks.get(i), EXACT);
    }
    for (int i = 0; i < blocks.size(); i += 3) {
      blocks.set(i, allocate(EXACT));
    }
    assertThat(new HashSet<>(blocks)).hasSize(UNIT / EXACT);
    assertThat(statistics().chunkReservations()).isEqualTo(1);
    for (long block : blocks) {
      verify(block, EXACT);
    }
  }

  @Test
  void allocate_moreThanAChunk_growsByWholeUnits() {
    int bytes = 100 * 1024;
    long block = allocate(bytes);

    assertThat(statistics().reservedBytes()).isEqualTo(2 * UNIT);
    verify(block, bytes); // to its last byte

    long larger = allocate(300 * 1024);
    assertThat(statistics().reservedBytes()).isEqualTo(2 * UNIT + 5 * UNIT);
    verify(larger, 300 * 1024);
    verify(block, bytes);
  }

  @Test
  void allocate_secondBlockDoesNotFit_growsAndKeepsTheFirst() {
    int bytes = 40 * 1024;
    long first = allocate(bytes);
    long second = allocate(bytes);

    assertThat(statistics().chunkReservations()).isEqualTo(2);
    assertThat(Math.abs(second - first)).isGreaterThanOrEqualTo(bytes);
    verify(first, bytes);
    verify(second, bytes);
  }

  @Test
  void onGrowth_everyChunkTaken_isTold() {
    int[] told = {0};
    Arena growing =
        Arena.builder().strategy(strategy()).store(store).onGrowth(() -> told[0]++).build();
    for (int i = 0; i < 3 * UNIT / EXACT; i++) {
      growing.allocate(EXACT);
      assertThat(told[0]).isEqualTo((int) growing.statistics().chunkReservations());
    }
    assertThat(told[0]).isEqualTo(3);
    growing.reset();
  }

  @Test
  void allocate_burstsOfMixedSizes_reuseTheSameMemory() {
    int[] sizes = {16, 60, 200, 1_000, 4_096, 8_704, 20_000};
    for (int burst = 0; burst < 200; burst++) {
      List<Long> blocks = new ArrayList<>();
      for (int bytes : sizes) {
        blocks.add(allocate(bytes));
      }
      for (int i = 0; i < sizes.length; i++) {
        verify(blocks.get(i), sizes[i]);
        arena.free(blocks.get(i), sizes[i]);
      }
    }
    assertThat(statistics().usedBytes()).isZero();
    assertThat(statistics().peakReservedBytes()).isLessThanOrEqualTo(UNIT + Chunks.CHUNK_BYTES);
  }

  // Exhaustion.

  @Test
  void allocate_budgetExhausted_returnsNoBlockAndHarmsNothing() {
    arena = newArena(2 * UNIT);
    List<Long> blocks = allocateUntilExhausted();

    assertThat(blocks).hasSize(2 * UNIT / EXACT); // the budget is used to its last byte
    assertThat(statistics().failures()).isEqualTo(1);
    assertThat(statistics().freeBytes()).isZero();
    assertThat(statistics().liveBlocks()).isEqualTo(blocks.size());
    assertThat(statistics().allocatedBytes()).isEqualTo(2L * UNIT);
    for (long block : blocks) {
      verify(block, EXACT);
    }

    arena.free(blocks.get(17), EXACT);
    long again = allocate(EXACT);
    assertThat(again).isEqualTo(blocks.get(17));
    assertThat(arena.allocate(EXACT)).isEqualTo(Blocks.NO_BLOCK);
    assertThat(statistics().failures()).isEqualTo(2);
    for (long block : blocks) {
      verify(block, EXACT);
      arena.free(block, EXACT);
    }
    assertThat(statistics().usedBytes()).isZero();
  }

  @Test
  void allocate_sourceHasNoMemory_returnsNoBlockUntilItHas() {
    source.refuse(true);
    assertThat(arena.allocate(100)).isEqualTo(Blocks.NO_BLOCK);
    assertThat(statistics().failures()).isEqualTo(1);
    assertThat(statistics().reservedBytes()).isZero();
    assertThat(budget.reservedBytes()).isZero();

    source.refuse(false);
    verify(allocate(100), 100);
    assertThat(statistics().failures()).isEqualTo(1);
  }

  @Test
  void allocate_tooLargeForTheBudget_leavesRoomForSmaller() {
    arena = newArena(2 * UNIT);
    long first = allocate(EXACT);

    assertThat(arena.allocate(10 * UNIT)).isEqualTo(Blocks.NO_BLOCK);
    assertThat(arena.allocate(10 * UNIT, 4096)).isEqualTo(Blocks.NO_BLOCK);
    assertThat(arena.allocate(Integer.MAX_VALUE)).isEqualTo(Blocks.NO_BLOCK);
    assertThat(statistics().failures()).isEqualTo(3);
    verify(first, EXACT);
    long second = allocate(EXACT);
    verify(second, EXACT);
    verify(first, EXACT);
    arena.reset();
  }

  @Test
  void allocate_exhausted_firstReclaimsWhatIsEmptyOrRemotelyFreed() {
    arena = newArena(4 * UNIT);
    long large = allocate(4 * UNIT);
    arena.remoteFree(large, 4 * UNIT);

    long small = allocate(EXACT); // the whole budget was in the inbox
    verify(small, EXACT);
    arena.free(small, EXACT);
    verify(allocate(4 * UNIT - 16), 4 * UNIT - 16); // and was in a chunk that is empty, but small
    assertThat(statistics().failures()).isZero();
    arena.reset();
  }

  @Test
  void reallocate_exhausted_leavesTheOldBlock() {
    arena = newArena(2 * UNIT);
    List<Long> blocks = allocateUntilExhausted();
    long block = blocks.get(3);

    assertThat(arena.reallocate(block, EXACT, 4_096)).isEqualTo(Blocks.NO_BLOCK);
    assertThat(arena.reallocate(block, EXACT, 100 * UNIT)).isEqualTo(Blocks.NO_BLOCK);
    assertThat(statistics().failures()).isEqualTo(3);
    assertThat(statistics().reallocationsMoved()).isZero();
    assertThat(statistics().copiedBytes()).isZero();
    assertThat(statistics().requestedBytes()).isEqualTo(2L * UNIT);
    assertThat(statistics().usedBytes()).isEqualTo(2L * UNIT);
    for (long each : blocks) {
      verify(each, EXACT);
      arena.free(each, EXACT);
    }
  }

  @Test
  void allocate_largestRequests_areServedToTheLastByte(@TempDir Path directory) {
    arena =
        newArena(
            ChunkStore.builder()
                .source(new SparseFileSource(directory))
                .budget(budget)
                .decayMillis(0)
                .build());
    int[] sizes = {
      Blocks.MAX_STRATEGY_BYTES - 1,
      Blocks.MAX_STRATEGY_BYTES,
      Blocks.MAX_STRATEGY_BYTES + 1,
      Integer.MAX_VALUE - 1,
      Integer.MAX_VALUE
    };
    long small = allocate(100);
    for (int bytes : sizes) {
      long block = arena.allocate(bytes);
      assertThat(block).as("%d bytes", bytes).isNotEqualTo(Blocks.NO_BLOCK);
      assertThat(arena.sizeOf(block, bytes)).isGreaterThanOrEqualTo(bytes);
      ByteBuffer view = arena.view(block, bytes);
      assertThat(view.capacity()).isEqualTo(bytes);
      view.put(0, (byte) 1);
      view.put(bytes - 1, (byte) 2);
      assertThat(view.get(0)).isEqualTo((byte) 1);
      assertThat(statistics().usedBytes()).isGreaterThanOrEqualTo(bytes + 100L);
      verify(small, 100);
      arena.free(block, bytes);
      arena.trim();
      assertThat(statistics().reservedBytes()).isEqualTo(UNIT);
    }
    assertThat(statistics().failures()).isZero();
  }

  @Test
  void allocate_largestRequestWithAlignment_isServedIfABufferCanHoldIt(@TempDir Path directory) {
    arena =
        newArena(
            ChunkStore.builder()
                .source(new SparseFileSource(directory))
                .budget(budget)
                .decayMillis(0)
                .build());
    int largest = Integer.MAX_VALUE - (4096 - 16);
    long block = arena.allocate(largest, 4096);
    assertThat(block).isNotEqualTo(Blocks.NO_BLOCK);
    assertThat(isAligned(block, 4096)).isTrue();
    assertThat(arena.view(block, largest).capacity()).isEqualTo(largest);
    arena.free(block, largest);

    assertThat(arena.allocate(largest + 1, 4096)).isEqualTo(Blocks.NO_BLOCK);
    assertThat(statistics().failures()).isEqualTo(1);
    assertThat(statistics().usedBytes()).isZero();
  }

  @Test
  void reallocate_toAndFromTheLargest_keepsContents(@TempDir Path directory) {
    arena =
        newArena(
            ChunkStore.builder()
                .source(new SparseFileSource(directory))
                .budget(budget)
                .decayMillis(0)
                .build());
    long small = allocate(1_000);
    long largest = arena.reallocate(small, 1_000, Integer.MAX_VALUE);
    verify(largest, 1_000, small);
    assertThat(statistics().requestedBytes()).isEqualTo(Integer.MAX_VALUE);

    // Large blocks, too, are resized in place within their size.
    long same = arena.reallocate(largest, Integer.MAX_VALUE, Integer.MAX_VALUE - 100);
    assertThat(same).isEqualTo(largest);

    long back = arena.reallocate(same, Integer.MAX_VALUE - 100, 500);
    verify(back, 500, small);
    assertThat(statistics().reallocationsMoved()).isEqualTo(2);
    assertThat(statistics().reallocationsShrunk()).isEqualTo(1);
    assertThat(statistics().copiedBytes()).isEqualTo(1_500);
    assertThat(statistics().requestedBytes()).isEqualTo(500);
    assertThat(statistics().usedBytes()).isEqualTo(arena.sizeOf(back, 500));
  }

  // Reallocation.

  @Test
  void reallocate_topBlockAboveAllClasses_growsInPlace() {
    int bytes = 40 * 1_024;
    long block = allocate(bytes);
    long grown = arena.reallocate(block, bytes, bytes + 1_024);

    assertThat(place(grown)).isEqualTo(place(block));
    assertThat(arena.sizeOf(grown, bytes + 1_024)).isEqualTo(bytes + 1_024);
    verify(grown, bytes, block);
    assertThat(statistics().reallocationsInPlace()).isEqualTo(1);
    assertThat(statistics().reallocationsMoved()).isZero();
    assertThat(statistics().copiedBytes()).isZero();
    write(grown, bytes + 1_024);
    long next = allocate(16);
    verify(grown, bytes + 1_024);
    if (Blocks.chunk(next) == Blocks.chunk(grown)) {
      assertThat(Math.abs(next - grown)).isGreaterThanOrEqualTo(16);
    }
  }

  @Test
  void reallocate_buffersThatGrow_reuseWhatTheyFree() {
    // As in a pipeline that writes to small buffers: each starts small and grows once or twice.
    long[] live = new long[256];
    int[] bytes = new int[256];
    Arrays.fill(live, Blocks.NO_BLOCK);
    Random random = new Random(9);
    long reservedHalfWay = 0;
    for (int i = 0; i < 100_000; i++) {
      int slot = random.nextInt(live.length);
      if (live[slot] != Blocks.NO_BLOCK) {
        arena.free(live[slot], bytes[slot]);
      }
      int small = 16 << random.nextInt(8);
      bytes[slot] = Math.max(64, 2 * small); // as Netty grows a buffer
      live[slot] = arena.reallocate(arena.allocate(small), small, bytes[slot]);
      if (i == 50_000) {
        reservedHalfWay = statistics().peakReservedBytes();
      }
    }
    assertThat(statistics().peakReservedBytes()).isLessThanOrEqualTo(2 * reservedHalfWay);
    assertThat(statistics().peakReservedBytes())
        .isLessThanOrEqualTo(mostReservedPerUsed() * statistics().peakUsedBytes());
  }

  /** What a load of growing buffers may reserve, times what it uses. */
  long mostReservedPerUsed() {
    return 8;
  }

  @Test
  void reallocate_blockedByALiveNeighbour_movesContents() {
    long block = allocate(32);
    long obstacle = allocate(32);
    long moved = arena.reallocate(block, 32, 64);

    assertThat(moved).isNotEqualTo(block);
    verify(moved, 32, block);
    verify(obstacle, 32);
    assertThat(statistics().reallocationsMoved()).isEqualTo(1);
    assertThat(statistics().reallocationsInPlace()).isZero();
    assertThat(statistics().copiedBytes()).isEqualTo(32);
    assertThat(statistics().usedBytes()).isEqualTo(32 + 64);
    assertThat(statistics().requestedBytes()).isEqualTo(32 + 64);
    assertThat(statistics().liveBlocks()).isEqualTo(2);
    assertThat(statistics().allocations()).isEqualTo(2); // a move is no allocation
    assertThat(statistics().frees()).isZero();

    long reuser = allocate(32); // the old place is free again
    assertThat(place(reuser)).isEqualTo(place(block));
    verify(moved, 32, block);
  }

  @Test
  void reallocate_smaller_staysWithItsContents() {
    for (int bytes : new int[] {64, 100, 128, 200, 4_000, 20_000, 80_000}) {
      long block = allocate(bytes);
      long obstacle = allocate(16);
      long shrunk = arena.reallocate(block, bytes, bytes / 2);
      assertThat(place(shrunk)).as("%d bytes", bytes).isEqualTo(place(block));
      verify(shrunk, bytes / 2, block);
      verify(obstacle, 16);
      arena.free(shrunk, bytes / 2);
      arena.free(obstacle, 16);
    }
    assertThat(statistics().reallocationsShrunk()).isEqualTo(7);
    assertThat(statistics().usedBytes()).isZero();
  }

  @Test
  void reallocate_sameSize_stays() {
    long block = allocate(100);

    assertThat(place(arena.reallocate(block, 100, 100))).isEqualTo(place(block));
    verify(block, 100);
    assertThat(statistics().requestedBytes()).isEqualTo(100);
    assertThat(statistics().reallocationsInPlace()).isEqualTo(1);
  }

  @Test
  void reallocate_withinTheBlock_stays() {
    for (int bytes : new int[] {1, 17, 100, 300, 1_030, 5_000, 33_000}) {
      long block = allocate(bytes);
      long obstacle = allocate(16);
      int size = arena.sizeOf(block, bytes);
      long grown = arena.reallocate(block, bytes, size);
      assertThat(place(grown)).isEqualTo(place(block));
      assertThat(arena.sizeOf(grown, size)).isEqualTo(size);
      verify(grown, bytes, block);
      verify(obstacle, 16);
    }
  }

  @Test
  void reallocate_toZeroAndBack_keepsTheBlockAlive() {
    long block = allocate(100);
    long obstacle = allocate(16);
    long empty = arena.reallocate(block, 100, 0);

    assertThat(place(empty)).isEqualTo(place(block));
    assertThat(statistics().requestedBytes()).isEqualTo(16);
    assertThat(statistics().liveBlocks()).isEqualTo(2);
    long other = allocate(16);
    assertThat(other).isNotEqualTo(empty);
    long grown = arena.reallocate(empty, 0, 1_000);
    write(grown, 1_000);
    verify(other, 16);
    verify(obstacle, 16);
    verify(grown, 1_000);
    arena.free(grown, 1_000);
  }

  @Test
  void reallocate_manyTimes_keepsContentsAndLeaksNothing() {
    for (int round = 0; round < 50; round++) {
      long obstacle = allocate(16);
      long block = arena.allocate(1);
      int bytes = 1;
      Patterns.write(arena.buffer(block), Blocks.offset(block), bytes, round);
      while (bytes < 300_000) {
        int larger = bytes * 2 + 1;
        block = arena.reallocate(block, bytes, larger);
        Patterns.verify(arena.buffer(block), Blocks.offset(block), bytes, round);
        bytes = larger;
        Patterns.write(arena.buffer(block), Blocks.offset(block), bytes, round);
      }
      while (bytes > 0) {
        int smaller = bytes / 3;
        block = arena.reallocate(block, bytes, smaller);
        Patterns.verify(arena.buffer(block), Blocks.offset(block), smaller, round);
        bytes = smaller;
      }
      verify(obstacle, 16);
      arena.free(block, bytes);
      arena.free(obstacle, 16);
    }
    assertThat(statistics().usedBytes()).isZero();
    assertThat(statistics().requestedBytes()).isZero();
    arena.trim();
    assertThat(statistics().reservedBytes()).isZero();
  }

  @Test
  void reallocate_alignedBlockThatMoves_staysAligned() {
    long block = allocate(100, 256);
    long obstacle = allocate(4_096); // too large for the gap below
    long moved = arena.reallocate(block, 100, 5_000, 256);

    assertThat(moved).isNotEqualTo(block);
    assertThat(isAligned(moved, 256)).isTrue();
    verify(moved, 100, block);
    verify(obstacle, 4_096);
  }

  @Test
  void free_afterReallocationInPlace_reusesTheWholeBlock() {
    long anchor = allocate(16);
    long block = allocate(EXACT);
    long obstacle = allocate(16);
    long shrunk = arena.reallocate(block, EXACT, 40);
    arena.free(shrunk, 40);
    long again = allocate(EXACT);

    assertThat(place(again)).isEqualTo(place(block));
    verify(again, EXACT);
    verify(obstacle, 16);
    verify(anchor, 16);
    assertThat(statistics().usedBytes()).isEqualTo(16 + EXACT + 16);
  }

  // Statistics. RandomOperationsTest compares all of them with a model; here they are spelled out.

  @Test
  void statistics_scenario_areExact() {
    long first = allocate(EXACT);
    long second = allocate(EXACT - 28);
    int firstSize = arena.sizeOf(first, EXACT);
    int secondSize = arena.sizeOf(second, EXACT - 28);

    assertThat(statistics().allocations()).isEqualTo(2);
    assertThat(statistics().requestedBytes()).isEqualTo(2 * EXACT - 28);
    assertThat(statistics().usedBytes()).isEqualTo(firstSize + secondSize);
    assertThat(statistics().freeBytes()).isEqualTo(UNIT - firstSize - secondSize);
    assertThat(statistics().pinnedBytes()).isEqualTo(UNIT);

    arena.free(first, EXACT);
    assertThat(statistics().frees()).isEqualTo(1);
    assertThat(statistics().remoteFrees()).isZero();
    assertThat(statistics().liveBlocks()).isEqualTo(1);
    assertThat(statistics().requestedBytes()).isEqualTo(EXACT - 28);
    assertThat(statistics().allocatedBytes()).isEqualTo(2 * EXACT - 28);
    assertThat(statistics().usedBytes()).isEqualTo(secondSize);
    assertThat(statistics().peakUsedBytes()).isEqualTo(firstSize + secondSize);

    arena.free(second, EXACT - 28);
    assertThat(statistics().usedBytes()).isZero();
    assertThat(statistics().pinnedBytes()).isZero();
    assertThat(statistics().freeBytes()).isEqualTo(UNIT);
    assertThat(statistics().peakReservedBytes()).isEqualTo(UNIT);
    assertThat(statistics().chunks()).isEqualTo(1);

    assertThat(arena.trim()).isEqualTo(UNIT);
    assertThat(statistics().reservedBytes()).isZero();
    assertThat(statistics().peakReservedBytes()).isEqualTo(UNIT);
    assertThat(statistics().chunks()).isZero();
    assertThat(statistics().chunkReservations()).isEqualTo(1);
    assertThat(statistics().chunkReleases()).isEqualTo(1);
  }

  @Test
  void statistics_severalChunks_pinOnlyThoseWithLiveBlocks() {
    int bytes = 60_000;
    long first = allocate(bytes);
    List<Long> others = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      others.add(allocate(bytes));
    }
    assertThat(statistics().pinnedBytes()).isEqualTo(statistics().reservedBytes());
    for (long other : others) {
      arena.free(other, bytes);
    }
    assertThat(statistics().pinnedBytes()).isEqualTo(UNIT);
    arena.trim();
    assertThat(statistics().reservedBytes()).isEqualTo(UNIT);
    verify(first, bytes);
  }

  // Giving memory back.

  @Test
  void trim_nothingLive_givesEverythingBack() {
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      blocks.add(allocate(200));
    }
    for (long block : blocks) {
      arena.free(block, 200);
    }
    arena.trim();

    assertThat(statistics().reservedBytes()).isZero();
    assertThat(statistics().chunks()).isZero();
    assertThat(statistics().chunkReleases()).isEqualTo(statistics().chunkReservations());
    assertThat(budget.reservedBytes()).isEqualTo(store.idleBytes());
    verify(allocate(200), 200); // and starts again
  }

  @Test
  void trim_oneBlockPerChunkLive_givesNothingBack() {
    long block = allocate(EXACT);
    arena.free(allocate(EXACT), EXACT);

    assertThat(arena.trim()).isZero();
    assertThat(statistics().reservedBytes()).isEqualTo(UNIT);
    verify(block, EXACT);
  }

  @Test
  void trim_middleChunksEmpty_givesExactlyThoseBack() {
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < 4 * UNIT / EXACT; i++) {
      blocks.add(allocate(EXACT));
    }
    assertThat(statistics().chunks()).isEqualTo(4);
    int first = Blocks.chunk(blocks.get(0));
    int last = Blocks.chunk(blocks.get(blocks.size() - 1));
    List<Long> kept = new ArrayList<>();
    for (long block : blocks) {
      if (Blocks.chunk(block) == first || Blocks.chunk(block) == last) {
        kept.add(block);
      } else {
        arena.free(block, EXACT);
      }
    }
    arena.trim();

    assertThat(statistics().chunks()).isEqualTo(2);
    assertThat(statistics().reservedBytes()).isEqualTo(2 * UNIT);
    assertThat(statistics().usedBytes()).isEqualTo(statistics().reservedBytes());
    for (long block : kept) {
      verify(block, EXACT);
    }
    // What was given back is taken again, and its old blocks are not served from stale entries.
    for (int i = 0; i < 2 * UNIT / EXACT; i++) {
      kept.add(allocate(EXACT));
    }
    assertThat(new HashSet<>(kept)).hasSize(kept.size());
    for (long block : kept) {
      verify(block, EXACT);
    }
    assertThat(statistics().chunks()).isEqualTo(4);
    assertThat(statistics().freeBytes()).isZero();
  }

  @Test
  void reset_liveBlocks_freesAllAtOnce() {
    for (int i = 0; i < 1_000; i++) {
      allocate(i);
    }
    arena.remoteFree(allocate(10), 10);
    long taken = statistics().chunkReservations();
    arena.reset();

    assertThat(statistics().usedBytes()).isZero();
    assertThat(statistics().reservedBytes()).isZero();
    assertThat(statistics().requestedBytes()).isZero();
    assertThat(statistics().liveBlocks()).isZero();
    assertThat(statistics().pinnedBytes()).isZero();
    assertThat(statistics().chunks()).isZero();
    assertThat(statistics().chunkReleases()).isEqualTo(taken);
    assertThat(statistics().allocations()).isEqualTo(1_001);
    assertThat(budget.reservedBytes()).isEqualTo(store.idleBytes());

    assertThat(arena.drainRemoteFrees()).isZero(); // what was on its way is gone, too
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      blocks.add(allocate(i));
    }
    assertThat(new HashSet<>(blocks)).hasSize(1_000);
    for (int i = 0; i < 1_000; i++) {
      verify(blocks.get(i), i);
      arena.free(blocks.get(i), i);
    }
    assertThat(statistics().usedBytes()).isZero();
  }

  // Remote frees and closing. RemoteFreeStressTest does the same under contention.

  @Test
  void remoteFree_onAnotherThread_countsWhenDrained() throws Exception {
    long block = allocate(100);
    long other = allocate(200);
    long third = allocate(300);
    List<Boolean> wasFirst = new ArrayList<>();
    Threads.run(
        () -> {
          wasFirst.add(arena.remoteFree(block, 100));
          wasFirst.add(arena.remoteFree(other, 200));
        });

    assertThat(wasFirst).containsExactly(true, false);
    assertThat(statistics().frees()).isZero();
    assertThat(statistics().liveBlocks()).isEqualTo(3);
    assertThat(arena.drainRemoteFrees()).isEqualTo(2);
    assertThat(statistics().frees()).isEqualTo(2);
    assertThat(statistics().remoteFrees()).isEqualTo(2);
    assertThat(statistics().requestedBytes()).isEqualTo(300);
    assertThat(statistics().usedBytes()).isEqualTo(arena.sizeOf(third, 300));
    assertThat(arena.drainRemoteFrees()).isZero();
    verify(third, 300);
  }

  @Test
  void remoteFree_thenAllocateOrTrim_isDrainedThere() {
    long anchor = allocate(EXACT);
    long block = allocate(EXACT);
    arena.remoteFree(block, EXACT);
    long again = allocate(EXACT);
    assertThat(place(again)).isEqualTo(place(block));
    assertThat(statistics().remoteFrees()).isEqualTo(1);

    arena.remoteFree(again, EXACT);
    arena.remoteFree(anchor, EXACT);
    assertThat(arena.trim()).isEqualTo(UNIT);
    assertThat(statistics().remoteFrees()).isEqualTo(3);
    assertThat(statistics().usedBytes()).isZero();
  }

  @Test
  void close_nothingLive_givesEverythingBack() {
    arena.free(allocate(100), 100);
    arena.close();

    assertThat(arena.isClosed()).isTrue();
    assertThat(statistics().reservedBytes()).isZero();
    assertThat(budget.reservedBytes()).isEqualTo(store.idleBytes());
    arena.close(); // does nothing
  }

  @Test
  void close_liveBlocks_stayValidUntilAnyThreadFreesThem() throws Exception {
    List<Long> blocks = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      int bytes = i * 37 % 5_000;
      blocks.add(allocate(bytes));
      sizes.add(bytes);
    }
    arena.remoteFree(allocate(100), 100);
    arena.close();
    assertThat(statistics().liveBlocks()).isEqualTo(300); // the remote free was served

    Threads.run(
        () -> {
          for (int i = 0; i < 300; i++) {
            verify(blocks.get(i), sizes.get(i));
            if (i % 2 == 0) {
              arena.free(blocks.get(i), sizes.get(i));
            } else {
              assertThat(arena.remoteFree(blocks.get(i), sizes.get(i))).isFalse();
            }
          }
        });

    assertThat(statistics().liveBlocks()).isZero();
    assertThat(statistics().frees()).isEqualTo(301);
    assertThat(statistics().remoteFrees()).isEqualTo(151);
    assertThat(statistics().usedBytes()).isZero();
    assertThat(statistics().requestedBytes()).isZero();
    assertThat(statistics().reservedBytes()).isZero();
    assertThat(budget.reservedBytes()).isEqualTo(store.idleBytes());
  }

  @Test
  void close_liveBlocks_keepsOnlyTheirChunks() {
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < (UNIT + 2 * Chunks.CHUNK_BYTES) / EXACT; i++) {
      blocks.add(allocate(EXACT));
    }
    long kept = blocks.remove(0);
    for (long block : blocks) {
      arena.free(block, EXACT);
    }
    arena.close();
    assertThat(statistics().reservedBytes()).isEqualTo(UNIT);
    verify(kept, EXACT);
    arena.free(kept, EXACT);
    assertThat(statistics().reservedBytes()).isZero();
  }

  @Test
  void close_thenDrain_findsNothingAndStaysClosed() {
    long block = allocate(100);
    arena.close();
    assertThat(arena.drainRemoteFrees()).isZero();

    assertThat(arena.remoteFree(block, 100)).isFalse(); // freed at once
    assertThat(statistics().liveBlocks()).isZero();
    assertThat(statistics().reservedBytes()).isZero();
  }

  @Test
  void close_thenUse_isRefused() {
    arena = Arena.builder().name("tested").strategy(strategy()).store(store).build(); // checked
    long block = allocate(100);
    arena.close();

    assertThatThrownBy(() -> arena.allocate(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "arena 'tested' is closed (expected: an open arena; only free is still possible)");
    verify(block, 100);
    arena.free(block, 100);
  }

  @Test
  void unchecked_wholeLife_isTheSame() throws Exception {
    arena = Arena.builder().strategy(strategy()).store(store).checked(false).build();
    long first = allocate(100);
    long second = allocate(5_000, 512);
    long third = allocate(3_000_000);
    assertThat(isAligned(second, 512)).isTrue();
    long moved = arena.reallocate(first, 100, 10_000);
    verify(moved, 100, first);
    assertThat(statistics().requestedBytes()).isEqualTo(10_000 + 5_000 + 3_000_000);
    assertThatThrownBy(() -> arena.allocate(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> arena.allocate(1, 3)).isInstanceOf(IllegalArgumentException.class);

    arena.free(third, 3_000_000);
    arena.close();
    Threads.run(
        () -> {
          verify(second, 5_000);
          arena.free(second, 5_000);
          arena.remoteFree(moved, 10_000);
        });
    assertThat(statistics().liveBlocks()).isZero();
    assertThat(statistics().reservedBytes()).isZero();
  }
}
