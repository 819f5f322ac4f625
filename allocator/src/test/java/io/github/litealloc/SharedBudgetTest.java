package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.BudgetInsight;
import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemoryPressure;
import io.github.litealloc.memory.Refusal;
import io.github.litealloc.testing.TestMemorySource;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Arenas on one budget do not keep from each other what they do not use. All of them are driven by
 * one thread, in turns, by a clock that only the test moves.
 */
final class SharedBudgetTest {

  private static final int UNIT = ChunkStore.CHUNK_UNIT_BYTES;
  private static final String STRATEGIES = "io.github.litealloc.TestStrategies#all";

  private final TestMemorySource source = new TestMemorySource();
  private long millis;
  private MemoryBudget budget = MemoryBudget.unlimited("none yet");
  private ChunkStore store = ChunkStore.builder().build();
  private int wakeUps;

  private long nanos() {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private void budgetOf(long bytes, long decayMillis) {
    budget = BudgetInsight.budget("shared", bytes, this::nanos);
    store =
        BudgetInsight.withClock(ChunkStore.builder(), this::nanos)
            .source(source)
            .budget(budget)
            .decayMillis(decayMillis)
            .build();
  }

  private Arena arena(StrategyFactory strategy) {
    return Arena.builder()
        .strategy(strategy)
        .store(store)
        .checked(false)
        .onWanted(() -> wakeUps++)
        .build();
  }

  private static void allocateAndFree(Arena arena, int bytes) {
    long block = arena.allocate(bytes);
    assertThat(block).isNotEqualTo(Blocks.NO_BLOCK);
    arena.free(block, bytes);
  }

  @AfterEach
  void nothingIsLost() {
    assertThat(budget.reservedBytes()).isEqualTo(source.bytes());
    assertThat(BudgetInsight.allottedBytes(budget)).isLessThanOrEqualTo(budget.maxBytes());
  }

  /** One buffer of 2,000,000 bytes, released; then 200 bytes every 20 ms. */
  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void allocate_busyArenaOnceHadALargeBlock_othersGetItsMemory(StrategyFactory strategy) {
    budgetOf(4_000_000, 1_000);
    Arena busy = arena(strategy);
    Arena other = arena(strategy);
    allocateAndFree(busy, 2_000_000);
    long block = Blocks.NO_BLOCK;
    for (int round = 1; round <= 100 && block == Blocks.NO_BLOCK; round++) {
      millis += 20;
      allocateAndFree(busy, 200);
      if (round % 5 == 0) {
        busy.tick(nanos());
        block = other.allocate(3_000_000);
      }
    }
    assertThat(block).isNotEqualTo(Blocks.NO_BLOCK);
    other.free(block, 3_000_000);
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void pressure_nothingLiveInABusyArena_isNormalAgain(StrategyFactory strategy) {
    budgetOf(2_200_000, 1_000);
    Arena busy = arena(strategy);
    allocateAndFree(busy, 2_000_000);
    assertThat(budget.pressure()).isNotEqualTo(MemoryPressure.NORMAL);
    for (int round = 1; round <= 100; round++) {
      millis += 20;
      allocateAndFree(busy, 200);
      if (round % 5 == 0) {
        busy.tick(nanos());
      }
    }
    assertThat(budget.pressure()).isEqualTo(MemoryPressure.NORMAL);
    assertThat(budget.reservedBytes()).isEqualTo(UNIT);
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void tick_busyArenaWithChunksEmptyForTheDecayTime_givesThemBack(StrategyFactory strategy) {
    budgetOf(1L << 30, 10_000);
    Arena busy = arena(strategy);
    long kept = busy.allocate(30_000);
    long[] blocks = new long[20];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = busy.allocate(100_000);
    }
    for (long block : blocks) {
      busy.free(block, 100_000);
    }
    long pinned = busy.statistics().pinnedBytes();
    for (int second = 0; second <= 10; second++) {
      allocateAndFree(busy, 200);
      busy.tick(nanos());
      assertThat(busy.isSilent()).isFalse();
      millis += 1_000;
    }
    long reserved = busy.statistics().reservedBytes();
    assertThat(reserved).isLessThanOrEqualTo(pinned + Chunks.CHUNK_BYTES); // what serves the 200
    if (strategy == Strategies.HYBRID) {
      assertThat(reserved).isEqualTo(UNIT);
    }
    busy.free(kept, 30_000);
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void allocate_anotherArenaHasEmptyChunks_asksForThemAndGetsThemSoon(StrategyFactory strategy) {
    for (boolean byTick : new boolean[] {true, false}) {
      budgetOf(8 * UNIT, 10_000);
      Arena keeping = arena(strategy);
      Arena wanting = arena(strategy);
      allocateAndFree(keeping, 200_000);
      long kept = keeping.statistics().reservedBytes();
      wakeUps = 0;

      boolean isRefused = wanting.allocate(5 * UNIT) == Blocks.NO_BLOCK;
      assertThat(isRefused).isEqualTo(kept > 0);
      if (isRefused) {
        assertThat(wanting.refusedBy()).isEqualTo(Refusal.BUDGET);
        assertThat(wanting.allocate(5 * UNIT)).isEqualTo(Blocks.NO_BLOCK);
        assertThat(wakeUps).isEqualTo(1); // until it has given way
        if (byTick) {
          keeping.tick(nanos()); // for the first time, so it is taken to be busy
          assertThat(keeping.isSilent()).isFalse();
        } else {
          allocateAndFree(keeping, 200);
        }
        assertThat(keeping.statistics().reservedBytes()).isLessThanOrEqualTo(UNIT);
        assertThat(wanting.allocate(5 * UNIT)).isNotEqualTo(Blocks.NO_BLOCK);
      }
      wanting.reset();
      keeping.close();
      wanting.close();
      store.trim();
    }
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void allocate_othersHoldNoMoreThanTheirFloors_wakesNobody(StrategyFactory strategy) {
    budgetOf(8 * UNIT, 10_000);
    Arena modest = arena(strategy);
    Arena wanting = arena(strategy);
    allocateAndFree(modest, 200);
    assertThat(wanting.allocate(8 * UNIT)).isEqualTo(Blocks.NO_BLOCK);
    assertThat(wakeUps).isZero();
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void allocate_nobodyComesBackForWhatIsKept_isServedAMomentLater(StrategyFactory strategy) {
    budgetOf(8 * UNIT, 0);
    Arena first = arena(strategy);
    Arena second = arena(strategy);
    long block = first.allocate(6 * UNIT);
    assertThat(second.allocate(6 * UNIT)).isEqualTo(Blocks.NO_BLOCK);
    first.free(block, 6 * UNIT);
    first.trim();
    assertThat(budget.promisedBytes()).isEqualTo(7 * UNIT); // 6 and a floor
    assertThat(first.allocate(6 * UNIT)).isEqualTo(Blocks.NO_BLOCK);
    millis += 500;
    block = first.allocate(6 * UNIT);
    assertThat(block).isNotEqualTo(Blocks.NO_BLOCK);
    first.free(block, 6 * UNIT);
    first.trim();
    millis += 500;
    assertThat(budget.promisedBytes()).isEqualTo(2 * UNIT);
    first.close();
    second.close();
    assertThat(budget.promisedBytes()).isZero();
  }

  /** What cannot be granted must not keep others from anything. */
  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void allocate_anotherArenaWantsMoreThanThereIs_isServedAllTheSame(StrategyFactory strategy) {
    budgetOf(8 * UNIT, 0);
    Arena greedy = arena(strategy);
    Arena modest = arena(strategy);
    for (int i = 0; i < 10; i++) {
      assertThat(greedy.allocate(8 * UNIT)).isEqualTo(Blocks.NO_BLOCK);
      allocateAndFree(modest, 5 * UNIT);
    }
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void allocate_eightArenasFight_noneIsStarved(StrategyFactory strategy) {
    fight(strategy, 700_000, 32);
    fight(strategy, 250_000, 15);
  }

  private void fight(StrategyFactory strategy, int largeBytes, int budgetUnits) {
    int rounds = 300;
    budgetOf((long) budgetUnits * UNIT, 1_000);
    Arena[] arenas = new Arena[8];
    Arrays.setAll(arenas, i -> arena(strategy));
    long[] blocks = new long[8];
    Arrays.fill(blocks, Blocks.NO_BLOCK);
    int[] served = new int[8];
    for (int round = 0; round < rounds; round++) {
      millis++;
      for (int i = 0; i < 8; i++) {
        int bytes = i < 4 ? 30_000 : largeBytes;
        if (blocks[i] != Blocks.NO_BLOCK) {
          arenas[i].free(blocks[i], bytes);
        }
        blocks[i] = arenas[i].allocate(bytes);
        served[i] += blocks[i] == Blocks.NO_BLOCK ? 0 : 1;
      }
    }
    assertThat(Arrays.copyOf(served, 4)).containsOnly(rounds); // within their floors
    int[] large = Arrays.copyOfRange(served, 4, 8);
    Arrays.sort(large);
    assertThat(large[0]).as(Arrays.toString(large)).isGreaterThanOrEqualTo((large[3] + 2) / 3);
    assertThat(large[0]).as(Arrays.toString(large)).isGreaterThanOrEqualTo(rounds / 4);
    for (Arena arena : arenas) {
      arena.reset();
      arena.close();
    }
    store.trim();
    assertThat(BudgetInsight.allottedBytes(budget)).isZero();
  }
}
