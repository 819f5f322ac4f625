package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class FragmentationMapTest {

  private static final int UNIT = ChunkStore.CHUNK_UNIT_BYTES;
  private static final long SECOND = 1_000_000_000L;

  private final ChunkStore store =
      ChunkStore.builder().budget(MemoryBudget.unlimited("map")).decayMillis(-1).build();
  private Arena arena = Arena.builder().strategy("free-list").store(store).build();

  @AfterEach
  void close() {
    arena.reset();
    arena.close();
  }

  private void use(StrategyFactory strategy) {
    arena.close();
    arena = Arena.builder().strategy(strategy).store(store).build();
  }

  @Test
  void fragmentation_nothingReserved_isEmpty() {
    assertThat(arena.fragmentation().chunks()).isEmpty();
  }

  @Test
  void fragmentation_holesAndRest_areTheFreeRuns() {
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      blocks.add(arena.allocate(1_024));
    }
    arena.free(blocks.get(1), 1_024);
    arena.free(blocks.get(2), 1_024);
    arena.free(blocks.get(7), 1_024);

    FragmentationMap.ChunkUse use = arena.fragmentation().chunks().get(0);
    assertThat(use.bytes()).isEqualTo(UNIT);
    assertThat(use.usedBytes()).isEqualTo(7 * 1_024);
    assertThat(use.freeRuns()).isEqualTo(3); // two holes, and the rest of the chunk
    assertThat(use.largestFreeRunBytes()).isEqualTo(UNIT - 10 * 1_024);
    assertThat(use.freeRunBytes()).isEqualTo(UNIT - 7 * 1_024);
  }

  @ParameterizedTest
  @MethodSource("io.github.litealloc.TestStrategies#all")
  void fragmentation_anyStrategy_accountsForEveryByte(StrategyFactory strategy) {
    use(strategy);
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      blocks.add(arena.allocate(64 + i % 3 * 16));
    }
    for (int i = 0; i < 2_000; i += 2) {
      arena.free(blocks.get(i), 64 + i % 3 * 16);
    }
    long used = 0;
    long bytes = 0;
    for (FragmentationMap.ChunkUse use : arena.fragmentation().chunks()) {
      assertThat(use.usedBytes() + use.freeRunBytes()).isLessThanOrEqualTo(use.bytes());
      assertThat(use.freeRuns()).isPositive();
      used += use.usedBytes();
      bytes += use.bytes();
    }
    assertThat(used).isEqualTo(arena.statistics().usedBytes());
    assertThat(bytes).isEqualTo(arena.statistics().reservedBytes());
  }

  @Test
  void fragmentation_deadBytes_areInNoFreeRun() {
    use(Strategies.SEGREGATED_BUMP);
    while (arena.statistics().chunks() < 2) {
      arena.allocate(20_000); // what is left of the first chunk waits for it to become empty
    }

    FragmentationMap.ChunkUse use = arena.fragmentation().chunks().get(0);
    assertThat(use.usedBytes()).isLessThan(use.bytes());
    assertThat(use.freeRuns()).isZero();
  }

  @Test
  void fragmentation_chunkCarvedToItsEnd_hasNoFreeRun() {
    use(Strategies.BUMP_FREE_LIST);
    for (int used = 0; used < UNIT; used += 4_096) {
      arena.allocate(4_096);
    }

    assertThat(arena.fragmentation().chunks().get(0).usedBytes()).isEqualTo(UNIT);
    assertThat(arena.fragmentation().chunks().get(0).freeRuns()).isZero();
  }

  @Test
  void fragmentation_hugeBlock_isAChunkInUse() {
    use(Strategies.HYBRID);
    int huge = 3 << 20;
    long block = arena.allocate(huge);

    FragmentationMap.ChunkUse use = arena.fragmentation().chunks().get(0);
    assertThat(use.usedBytes()).isEqualTo(use.bytes()).isGreaterThanOrEqualTo(huge);
    assertThat(use.freeRuns()).isZero();
    arena.free(block, huge);
  }

  @Test
  void fragmentation_severalChunks_areInTheOrderOfTheirSlots() {
    long first = arena.allocate(UNIT);
    long middle = arena.allocate(5 * UNIT); // too large to stay as the spare
    long last = arena.allocate(4 * UNIT - 64);
    arena.free(middle, 5 * UNIT);

    List<FragmentationMap.ChunkUse> uses = arena.fragmentation().chunks();
    assertThat(uses).hasSize(2);
    assertThat(uses.get(0).chunk()).isEqualTo(Blocks.chunk(first));
    assertThat(uses.get(0).freeRuns()).isZero();
    assertThat(uses.get(0).largestFreeRunBytes()).isZero();
    assertThat(uses.get(1).chunk()).isEqualTo(Blocks.chunk(last));
    assertThat(uses.get(1).freeRuns()).isEqualTo(1);
    assertThat(uses.get(1).freeRunBytes()).isEqualTo(64);
  }

  @Test
  void fragmentation_spareChunk_isOneThatIsAllFree() {
    long old = arena.allocate(UNIT);
    arena.allocate(16);
    arena.free(old, UNIT);

    FragmentationMap.ChunkUse use = arena.fragmentation().chunks().get(0);
    assertThat(use.usedBytes()).isZero();
    assertThat(use.freeRuns()).isEqualTo(1);
    assertThat(use.freeRunBytes()).isEqualTo(UNIT);
    assertThat(use.oldestLiveNanos()).isZero();
  }

  @Test
  void fragmentation_arenaChangesLater_mapDoesNot() {
    long block = arena.allocate(1_024);
    FragmentationMap map = arena.fragmentation();
    arena.free(block, 1_024);
    arena.trim();

    assertThat(map.chunks()).hasSize(1);
    assertThat(map.chunks().get(0).usedBytes()).isEqualTo(1_024);
    assertThatThrownBy(() -> map.chunks().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void oldestLive_blockStays_grows() {
    arena.allocate(16);
    long now = System.nanoTime();

    assertThat(oldest(now + 5 * SECOND)).isGreaterThanOrEqualTo(5 * SECOND);
    assertThat(oldest(now + 9 * SECOND)).isBetween(9 * SECOND, 9 * SECOND + SECOND);
  }

  @Test
  void oldestLive_chunkWasEmptySince_startsAfterTheTimeBefore() {
    long now = System.nanoTime();
    arena.free(arena.allocate(16), 16);
    assertThat(oldest(now + 100 * SECOND)).isZero();

    arena.allocate(16); // some time after that
    assertThat(oldest(now + 103 * SECOND)).isEqualTo(3 * SECOND);
    assertThat(oldest(now + 104 * SECOND)).isEqualTo(4 * SECOND);
  }

  @Test
  void oldestLive_emptiedAndOccupiedBetweenTwoLooks_isNeverTooYoung() {
    long first = arena.allocate(16);
    long now = System.nanoTime();
    assertThat(oldest(now + 50 * SECOND)).isGreaterThanOrEqualTo(50 * SECOND);
    arena.free(first, 16);
    arena.allocate(16);

    assertThat(oldest(now + 60 * SECOND)).isEqualTo(10 * SECOND);
  }

  @Test
  void oldestLive_chunkWasEmptyAtATick_isNoOlderThanThat() {
    arena.free(arena.allocate(16), 16);
    long now = System.nanoTime();
    arena.tick(now + 50 * SECOND);
    arena.allocate(16);

    assertThat(oldest(now + 60 * SECOND)).isEqualTo(10 * SECOND);
  }

  @Test
  void toString_severalChunks_isATableWithALineForEach() {
    FragmentationMap map =
        new FragmentationMap(
            List.of(
                new FragmentationMap.ChunkUse(0, 65_536, 1_024, 1, 64_512, 64_512, 1_999_999),
                new FragmentationMap.ChunkUse(2, 262_144, 262_144, 0, 0, 0, 61_000_000_000L)),
            List.of(),
            true);

    assertThat(map.toString().lines().map(line -> line.trim().replaceAll(" +", " ")))
        .containsExactly(
            "chunk bytes used used % free runs largest oldest",
            "0 65,536 1,024 1.6% 1 64,512 1 ms", "2 262,144 262,144 100.0% 0 0 61,000 ms");
  }

  @Test
  void toString_localeWithOtherSeparators_isTheSame() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      arena.allocate(1_024);
      assertThat(arena.fragmentation().toString()).contains("65,536", "1,024", "1.6%", "64,512");
    } finally {
      Locale.setDefault(before);
    }
  }

  private long oldest(long nowNanos) {
    return arena.fragmentation(nowNanos).chunks().get(0).oldestLiveNanos();
  }

  @Test
  void runs_ofAFragmentedArena_sayWhereTheFreeMemoryIs() {
    try (Arena own = Arena.builder().strategy("free-list").build()) {
      long[] blocks = new long[20];
      for (int i = 0; i < blocks.length; i++) {
        blocks[i] = own.allocate(1_024);
      }
      own.free(blocks[3], 1_024);
      own.free(blocks[9], 1_024);
      own.free(blocks[10], 1_024);

      FragmentationMap map = own.fragmentation();
      assertThat(map.isComplete()).isTrue();
      assertThat(map.runs())
          .contains(
              new FragmentationMap.Run(
                  Blocks.chunk(blocks[3]), Blocks.offset(blocks[3]), 1_024, false),
              new FragmentationMap.Run(
                  Blocks.chunk(blocks[9]), Blocks.offset(blocks[9]), 2_048, false))
          .hasSize(3)
          .noneMatch(FragmentationMap.Run::isHandedBack);
      assertThat(map.runs().stream().mapToInt(FragmentationMap.Run::bytes).sum())
          .isEqualTo(map.chunks().get(0).freeRunBytes());
      own.reset();
    }
  }

  @Test
  void runs_tooMany_areCutOffAndSaidToBe() {
    try (Arena own = Arena.builder().strategy("free-list").checked(false).build()) {
      long[] blocks = new long[2 * FragmentationMap.MAX_RUNS + 100];
      for (int i = 0; i < blocks.length; i++) {
        blocks[i] = own.allocate(16);
      }
      for (int i = 0; i < blocks.length; i += 2) {
        own.free(blocks[i], 16);
      }
      FragmentationMap map = own.fragmentation();
      assertThat(map.isComplete()).isFalse();
      assertThat(map.runs()).hasSize(FragmentationMap.MAX_RUNS);
      own.reset();
    }
  }
}
