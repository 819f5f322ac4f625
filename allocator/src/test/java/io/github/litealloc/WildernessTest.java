package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.testing.TestMemorySource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Blocks that an arena carves and takes back without asking its strategy. */
final class WildernessTest {

  private static final int UNIT = ChunkStore.CHUNK_UNIT_BYTES;
  private static final long SECOND = 1_000_000_000;

  private final TestMemorySource source = new TestMemorySource(48);
  private final ChunkStore store = ChunkStore.builder().source(source).decayMillis(0).build();
  private Arena arena = Arena.builder().store(store).build();

  static List<StrategyFactory> strategies() {
    return List.of(
        Strategies.BUMP_FREE_LIST,
        Strategies.SEGREGATED_BUMP,
        Strategies.FREE_LIST,
        Strategies.HYBRID);
  }

  private void open(StrategyFactory strategy) {
    arena = Arena.builder().strategy(strategy).store(store).checked(false).build();
  }

  private ArenaStatistics statistics() {
    return arena.statistics();
  }

  @AfterEach
  void everythingComesBack() {
    if (!arena.isClosed()) {
      arena.reset();
      arena.close();
    }
    assertThat(source.pieces()).isZero();
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void free_lastBlock_leavesItsPlaceToAnySize(StrategyFactory strategy) {
    open(strategy);
    long first = arena.allocate(16);
    long last = arena.allocate(100);
    arena.free(last, 100);

    long larger = arena.allocate(1_000);
    assertThat(larger).isEqualTo(last).isEqualTo(first + 16);
    arena.free(larger, 1_000);
    long smaller = arena.allocate(10);
    assertThat(smaller).isEqualTo(last);
    assertThat(arena.sizeOf(smaller, 10)).isEqualTo(16);
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void free_inReverse_keepsEveryFigureExact(StrategyFactory strategy) {
    open(strategy);
    long[] blocks = new long[100];
    long used = 0;
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = arena.allocate(i);
      used += arena.sizeOf(blocks[i], i);
      assertThat(statistics().usedBytes()).isEqualTo(used);
      assertThat(statistics().peakUsedBytes()).isEqualTo(used);
      assertThat(statistics().allocations()).isEqualTo(i + 1);
      assertThat(statistics().pinnedBytes()).isEqualTo(UNIT);
    }
    long peak = used;
    for (int i = blocks.length - 1; i >= 0; i--) {
      used -= arena.sizeOf(blocks[i], i);
      arena.free(blocks[i], i);
      assertThat(statistics().usedBytes()).isEqualTo(used);
      assertThat(statistics().peakUsedBytes()).isEqualTo(peak);
      assertThat(statistics().frees()).isEqualTo(blocks.length - i);
      assertThat(statistics().liveBlocks()).isEqualTo(i);
      assertThat(statistics().pinnedBytes()).isEqualTo(i == 0 ? 0 : UNIT);
    }
    assertThat(statistics().requestedBytes()).isZero();
    assertThat(statistics().allocatedBytes()).isEqualTo(99 * 100 / 2);
    assertThat(statistics().shortcutAllocations)
        .isGreaterThan(90); // or the shortcut was not what was tested
    assertThat(statistics().shortcutFrees).isGreaterThan(90);
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void free_notTheLastBlock_isLeftToTheStrategy(StrategyFactory strategy) {
    open(strategy);
    long anchor = arena.allocate(16);
    long block = arena.allocate(64);
    long last = arena.allocate(64);
    arena.free(block, 64);

    assertThat(statistics().shortcutFrees).isZero();
    assertThat(arena.allocate(64)).isEqualTo(block);
    assertThat(statistics().usedBytes()).isEqualTo(16 + 64 + 64);
    arena.free(anchor, 16);
    arena.free(last, 64);
    arena.free(block, 64);
    assertThat(statistics().pinnedBytes()).isZero();
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void free_lastBlockWithSlack_isLeftToTheStrategy(StrategyFactory strategy) {
    open(strategy);
    arena.allocate(16);
    long block = arena.allocate(100);
    long shrunk = arena.reallocate(block, 100, 20);
    long size = arena.sizeOf(shrunk, 20);
    assertThat(statistics().usedBytes()).isEqualTo(16 + size);
    arena.free(shrunk, 20);

    assertThat(statistics().usedBytes()).isEqualTo(16);
    long next = arena.allocate(200);
    assertThat(statistics().usedBytes()).isEqualTo(16 + arena.sizeOf(next, 200));
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void allocate_doesNotFit_growsAndGoesOnThere(StrategyFactory strategy) {
    open(strategy);
    long first = arena.allocate(30_000);
    arena.allocate(30_000);
    long other = arena.allocate(30_000);
    long carved = statistics().shortcutAllocations;
    long next = arena.allocate(100);

    assertThat(statistics().chunks()).isEqualTo(2);
    assertThat(statistics().pinnedBytes()).isEqualTo(2 * UNIT);
    if (strategy != Strategies.FREE_LIST) { // which takes from the rest of the first chunk
      assertThat(Blocks.chunk(next))
          .isEqualTo(Blocks.chunk(other))
          .isNotEqualTo(Blocks.chunk(first));
      assertThat(statistics().shortcutAllocations).isEqualTo(carved + 1);
    }
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void allocate_anchoredChunkThatEmpties_leavesTheOtherPinned(StrategyFactory strategy) {
    open(strategy);
    arena.allocate(UNIT / 2);
    arena.allocate(UNIT / 2); // fills the first chunk, whatever the strategy adds to it
    long here = arena.allocate(100);
    for (int i = 0; i < 10; i++) {
      long block = arena.allocate(200);
      arena.free(block, 200);
    }
    long pinned = statistics().pinnedBytes();
    arena.free(here, 100);
    assertThat(statistics().pinnedBytes()).isLessThan(pinned).isPositive();
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void fragmentation_whileOpen_knowsWhatIsLiveAndHowOld(StrategyFactory strategy) {
    open(strategy);
    arena.free(arena.allocate(100), 100);
    long begin = System.nanoTime() + SECOND;
    arena.fragmentation(begin);
    long block = arena.allocate(100);
    arena.allocate(50);
    arena.fragmentation(begin + SECOND);

    FragmentationMap.ChunkUse use = arena.fragmentation(begin + 5 * SECOND).chunks().get(0);
    assertThat(use.usedBytes()).isEqualTo((int) statistics().usedBytes());
    assertThat(use.oldestLiveNanos()).isEqualTo(5 * SECOND);
    arena.reset();
    block = arena.allocate(100);
    arena.fragmentation(begin + 6 * SECOND);
    arena.free(block, 100);
    arena.allocate(100); // the chunk was empty in between
    use = arena.fragmentation(begin + 9 * SECOND).chunks().get(0);
    assertThat(use.oldestLiveNanos()).isEqualTo(3 * SECOND);
    assertThat(arena.fragmentation(begin + 11 * SECOND).chunks().get(0).oldestLiveNanos())
        .isEqualTo(5 * SECOND);
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void trim_whileOpen_givesTheEmptyChunkBack(StrategyFactory strategy) {
    open(strategy);
    arena.free(arena.allocate(100), 100);
    assertThat(arena.trim()).isEqualTo(UNIT);
    long block = arena.allocate(100);
    assertThat(arena.trim()).isZero();
    arena.free(block, 100);
    arena.close();
    assertThat(statistics().reservedBytes()).isZero();
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void close_whileOpen_lastFreeGivesTheChunkBack(StrategyFactory strategy) {
    open(strategy);
    long first = arena.allocate(100);
    long last = arena.allocate(100);
    arena.close();
    arena.free(last, 100);
    assertThat(statistics().pinnedBytes()).isEqualTo(UNIT);
    arena.free(first, 100);
    assertThat(statistics().reservedBytes()).isZero();
    assertThat(statistics().frees()).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void allocate_negative_isRefused(StrategyFactory strategy) {
    open(strategy);
    arena.allocate(100);
    for (int bytes : new int[] {-1, -16, -17, Integer.MIN_VALUE}) {
      assertThatThrownBy(() -> arena.allocate(bytes))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("bytes: " + bytes + " (expected: >= 0)");
    }
    assertThat(statistics().allocations()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void remoteFree_whileOpen_isFreedByTheNextAllocation(StrategyFactory strategy) {
    open(strategy);
    long block = arena.allocate(100);
    arena.allocate(50);
    for (int i = 1; i <= 3; i++) {
      assertThat(arena.remoteFree(block, 100)).isTrue();
      block = arena.allocate(100);
      assertThat(statistics().remoteFrees()).isEqualTo(i);
      assertThat(statistics().liveBlocks()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void drain_afterRemoteFree_letsTheShortcutBeTakenAgain(StrategyFactory strategy) {
    open(strategy);
    long first = arena.allocate(100);
    arena.remoteFree(arena.allocate(100), 100);
    assertThat(arena.drainRemoteFrees()).isEqualTo(1);
    arena.free(first, 100);

    long carved = statistics().shortcutAllocations;
    arena.free(arena.allocate(100), 100);
    assertThat(statistics().shortcutAllocations).isEqualTo(carved + 1);
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void free_oldChunk_usesUpNoSlots(StrategyFactory strategy) {
    open(strategy);
    long[] blocks = new long[4 * UNIT / 64];
    for (int round = 0; round < 50; round++) {
      for (int i = 0; i < blocks.length; i++) {
        blocks[i] = arena.allocate(64);
        assertThat(Blocks.chunk(blocks[i])).isLessThan(4);
      }
      arena.free(blocks[blocks.length - 1], 64); // taken back, so not counted as carved
      blocks[blocks.length - 1] = arena.allocate(64);
      for (int i = 0; i < blocks.length; i++) {
        arena.free(blocks[round % 2 == 0 ? i : blocks.length - 1 - i], 64);
      }
      if (round % 3 == 0) {
        arena.trim();
      }
    }
  }
}
