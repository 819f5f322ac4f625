package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.memory.BudgetInsight;
import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.support.Threads;
import io.github.litealloc.support.WithoutStackTrace;
import io.github.litealloc.testing.TestMemorySource;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** No arena can keep another one from its floor. */
final class FloorTest {

  private static final int UNIT = ChunkStore.CHUNK_UNIT_BYTES;

  private final TestMemorySource source = new TestMemorySource();

  private ChunkStore store(MemoryBudget budget, long decayMillis) {
    return ChunkStore.builder()
        .source(source)
        .budget(budget)
        .decayMillis(decayMillis)
        .refusalPauseMillis(0)
        .build();
  }

  private static Arena arena(ChunkStore store, long floorBytes) {
    return Arena.builder().strategy("free-list").store(store).floorBytes(floorBytes).build();
  }

  /** Allocates blocks of one chunk each until the arena is refused more. */
  private static int exhaust(Arena arena) {
    int count = 0;
    while (arena.allocate(UNIT) != Blocks.NO_BLOCK) {
      count++;
    }
    return count;
  }

  /** What must hold whenever no thread is in the middle of something. */
  private void check(MemoryBudget budget, ChunkStore... stores) {
    long idle = 0;
    for (ChunkStore store : stores) {
      idle += store.idleBytes();
    }
    assertThat(budget.reservedBytes()).isEqualTo(BudgetInsight.heldBytes(budget) + idle);
    assertThat(budget.reservedBytes()).isEqualTo(source.bytes());
    assertThat(BudgetInsight.allottedBytes(budget))
        .isEqualTo(BudgetInsight.heldBytes(budget) + budget.promisedBytes());
    assertThat(BudgetInsight.allottedBytes(budget)).isLessThanOrEqualTo(budget.maxBytes());
    assertThat(budget.peakReservedBytes()).isLessThanOrEqualTo(budget.maxBytes());
  }

  @Test
  void build_default_isPromisedOneChunkAndTakesNothing() {
    MemoryBudget budget = MemoryBudget.of("b", 4 * UNIT);
    ChunkStore store = store(budget, 0);
    Arena arena = Arena.builder().store(store).build();
    assertThat(arena.floorBytes()).isEqualTo(UNIT);
    assertThat(budget.promisedBytes()).isEqualTo(UNIT);
    assertThat(budget.reservedBytes()).isZero();

    long block = arena.allocate(100); // the first chunk is the promised one
    assertThat(budget.promisedBytes()).isZero();
    assertThat(BudgetInsight.allottedBytes(budget)).isEqualTo(UNIT);
    arena.free(block, 100);
    arena.trim();
    assertThat(budget.promisedBytes()).isEqualTo(UNIT);
    check(budget, store);
    arena.close();
    assertThat(BudgetInsight.allottedBytes(budget)).isZero();
  }

  @Test
  void floorBytes_notAllowed_isRefused() {
    for (long bytes : new long[] {-1, -UNIT, 1, UNIT - 1, UNIT + 1, Long.MIN_VALUE}) {
      assertThatThrownBy(() -> Arena.builder().floorBytes(bytes))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("floorBytes: " + bytes + " (expected: 0 or a positive multiple of 65536)");
    }
  }

  @Test
  void build_floorAboveTheCeiling_isRefusedAndPromisesNothing() {
    MemoryBudget budget = MemoryBudget.of("tight", 2 * UNIT);
    ChunkStore store = store(budget, 0);
    assertThatThrownBy(() -> arena(store, 3 * UNIT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("floorBytes: 196608 (expected: 0 to the 131072 bytes of the budget 'tight')");
    assertThat(BudgetInsight.allottedBytes(budget)).isZero();
    arena(store, 2 * UNIT).close();
  }

  @Test
  void build_defaultFloorOnATinyBudget_isWhatTheBudgetHas() {
    MemoryBudget budget = MemoryBudget.of("tiny", 100);
    Arena arena = Arena.builder().store(store(budget, 0)).build();
    assertThat(arena.floorBytes()).isEqualTo(100);
    assertThat(arena.allocate(1)).isEqualTo(Blocks.NO_BLOCK);
    arena.close();
    assertThat(BudgetInsight.allottedBytes(budget)).isZero();
  }

  @Test
  void build_strategyThrows_promisesNothing() {
    MemoryBudget budget = MemoryBudget.of("b", 4 * UNIT);
    StrategyFactory broken =
        new StrategyFactory() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          public Strategy create(Chunks chunks) {
            throw new WithoutStackTrace("a strategy of somebody else");
          }
        };
    ArenaBuilder builder = Arena.builder().strategy(broken).store(store(budget, 0));
    assertThatThrownBy(builder::build).isInstanceOf(WithoutStackTrace.class);
    assertThat(BudgetInsight.allottedBytes(budget)).isZero();
  }

  @Test
  void allocate_anotherArenaTookAllItCould_getsTheFloor() {
    MemoryBudget budget = MemoryBudget.of("b", 10 * UNIT);
    ChunkStore store = store(budget, 0);
    Arena greedy = arena(store, UNIT);
    Arena modest = arena(store, 2 * UNIT);
    Arena none = arena(store, 0);
    assertThat(exhaust(greedy)).isEqualTo(8);
    assertThat(exhaust(none)).isZero();
    assertThat(exhaust(modest)).isEqualTo(2);
    check(budget, store);
    assertThat(budget.promisedBytes()).isZero();

    modest.reset(); // and the promise holds anew
    assertThat(exhaust(greedy)).isZero();
    assertThat(exhaust(modest)).isEqualTo(2);
    greedy.reset();
    assertThat(exhaust(none)).isEqualTo(6); // one is kept for modest, which was refused before
    check(budget, store);
  }

  @Test
  void allocate_hugeBlock_countsTowardsTheFloorAndLeavesThoseOfOthers() {
    MemoryBudget budget = MemoryBudget.of("b", 64 * UNIT);
    ChunkStore store = store(budget, 0);
    Arena huge = Arena.builder().store(store).floorBytes(40L * UNIT).build();
    Arena other = arena(store, 20 * UNIT);
    assertThat(other.allocate(25 * UNIT)).isEqualTo(Blocks.NO_BLOCK); // 20 and 4
    long block = huge.allocate(44 * UNIT);
    assertThat(block).isNotEqualTo(Blocks.NO_BLOCK);
    assertThat(budget.promisedBytes()).isEqualTo(20 * UNIT);
    assertThat(huge.allocate(1)).isEqualTo(Blocks.NO_BLOCK);
    huge.free(block, 44 * UNIT);
    assertThat(budget.promisedBytes()).isEqualTo(60 * UNIT);
    check(budget, store);
  }

  @Test
  void allocate_idleChunksOfOtherStoresFillTheBudget_getsTheFloor() {
    MemoryBudget budget = MemoryBudget.of("b", 6 * UNIT);
    ChunkStore one = store(budget, -1);
    ChunkStore other = store(budget, -1);
    Arena arena = arena(one, UNIT);
    Arena late = arena(other, UNIT);
    assertThat(exhaust(arena)).isEqualTo(5);
    arena.reset();
    assertThat(one.idleBytes()).isEqualTo(5 * UNIT);
    Arena third = arena(other, 4 * UNIT); // idle chunks do not stand in the way of a promise
    assertThat(budget.promisedBytes()).isEqualTo(6 * UNIT);
    assertThat(exhaust(late)).isEqualTo(1);
    assertThat(exhaust(third)).isEqualTo(4);
    assertThat(exhaust(arena)).isEqualTo(1);
    check(budget, one, other);
    assertThat(budget.reservedBytes()).isEqualTo(6 * UNIT);
  }

  @Test
  void build_nothingLeftToPromise_isPromisedBeforeAnybodyBorrowsAgain() {
    MemoryBudget budget = MemoryBudget.of("b", 8 * UNIT);
    ChunkStore store = store(budget, 0);
    Arena first = arena(store, UNIT);
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      blocks.add(first.allocate(UNIT));
    }
    blocks.subList(1, 5).clear(); // these share a chunk
    Arena second = arena(store, 2 * UNIT);
    Arena third = arena(store, UNIT);
    assertThat(budget.promisedBytes()).isZero();
    assertThat(second.allocate(1)).isEqualTo(Blocks.NO_BLOCK);

    for (int i = 0; i < 3; i++) {
      first.free(blocks.remove(0), UNIT);
      assertThat(first.allocate(UNIT)).isEqualTo(Blocks.NO_BLOCK);
      assertThat(budget.promisedBytes()).isEqualTo((i + 1L) * UNIT);
      check(budget, store);
    }
    assertThat(exhaust(third)).isEqualTo(1);
    assertThat(exhaust(second)).isEqualTo(2);
    first.free(blocks.remove(0), UNIT);
    first.trim();
    assertThat(exhaust(third)).isEqualTo(1); // now there is something to borrow
    check(budget, store);
  }

  @Test
  void build_floorsAboveTheCeilingTogether_arePromisedInOrderAndOnceAnArenaCloses() {
    MemoryBudget budget = MemoryBudget.of("b", 3 * UNIT);
    ChunkStore store = store(budget, 0);
    Arena first = arena(store, 2 * UNIT);
    Arena second = arena(store, 2 * UNIT);
    assertThat(budget.promisedBytes()).isEqualTo(3 * UNIT);
    assertThat(exhaust(second)).isEqualTo(1);
    assertThat(exhaust(first)).isEqualTo(2);
    first.reset();
    first.close();
    assertThat(exhaust(second)).isEqualTo(2);
    check(budget, store);
  }

  @Test
  void close_blocksStillLive_returnsThePromiseAndKeepsTheBytes() {
    MemoryBudget budget = MemoryBudget.of("b", 4 * UNIT);
    ChunkStore store = store(budget, 0);
    Arena arena = arena(store, 3 * UNIT);
    long block = arena.allocate(100);
    assertThat(BudgetInsight.allottedBytes(budget)).isEqualTo(3 * UNIT);
    arena.close();
    arena.close();
    assertThat(BudgetInsight.allottedBytes(budget)).isEqualTo(UNIT);
    assertThat(budget.promisedBytes()).isZero();
    arena.free(block, 100);
    assertThat(BudgetInsight.allottedBytes(budget)).isZero();
    check(budget, store);
  }

  @Test
  void close_aReleaseThatWaitsThrows_returnsThePromiseAllTheSame() {
    MemoryBudget budget = MemoryBudget.of("b", 4 * UNIT);
    Arena arena = arena(store(budget, 0), 3 * UNIT);
    arena.remoteFree(
        new LinkedRemoteFree() {
          @Override
          public void freeOnOwner() {
            throw new WithoutStackTrace("a release that is refused");
          }
        });
    assertThatThrownBy(arena::close).isInstanceOf(WithoutStackTrace.class);
    assertThat(arena.isClosed()).isTrue();
    assertThat(BudgetInsight.allottedBytes(budget)).isZero();
  }

  @Test
  void close_aViolationIsFound_returnsThePromiseAllTheSame() {
    MemoryBudget budget = MemoryBudget.of("b", 4 * UNIT);
    Hardening hardening =
        Hardening.builder()
            .poison(true)
            .quarantine(10, UNIT)
            .onViolation(
                violation -> {
                  throw new MemoryViolationException(violation);
                })
            .build();
    Arena arena =
        Arena.builder().store(store(budget, 0)).floorBytes(2 * UNIT).hardening(hardening).build();
    long block = arena.allocate(100);
    ByteBuffer view = arena.view(block, 100);
    arena.free(block, 100);
    view.put(50, (byte) 1);
    assertThatThrownBy(arena::close).isInstanceOf(MemoryViolationException.class);
    assertThat(budget.promisedBytes()).isZero();
  }

  @Test
  void allocate_sourceFails_leavesPromiseAndBudgetExact() {
    MemoryBudget budget = MemoryBudget.of("b", 80 * UNIT);
    ChunkStore store = store(budget, 0);
    Arena arena = arena(store, 2 * UNIT);
    Arena hybrid = Arena.builder().store(store).build();
    source.refuse(true);
    assertThat(arena.allocate(1)).isEqualTo(Blocks.NO_BLOCK);
    assertThat(arena.allocate(5 * UNIT)).isEqualTo(Blocks.NO_BLOCK);
    assertThat(hybrid.allocate(50 * UNIT)).isEqualTo(Blocks.NO_BLOCK);
    assertThat(budget.promisedBytes()).isEqualTo(3 * UNIT);
    assertThat(BudgetInsight.allottedBytes(budget)).isEqualTo(3 * UNIT);
    check(budget, store);
    source.refuse(false);
    assertThat(arena.allocate(1)).isNotEqualTo(Blocks.NO_BLOCK);
    check(budget, store);
  }

  @Test
  void allocate_manyThreadsAndStores_eachAlwaysGetsItsFloorAndTheCeilingHolds() throws Exception {
    int threads = 4;
    int floor = 2;
    MemoryBudget budget = MemoryBudget.of("contended", (threads * floor + 5) * UNIT);
    ChunkStore keeping = store(budget, -1);
    ChunkStore other = store(budget, 0);
    CyclicBarrier allPromised = new CyclicBarrier(threads);
    List<Threads.Running<Integer>> running =
        Threads.startTogether(
            "owner",
            threads,
            index -> {
              ChunkStore store = index % 2 == 0 ? keeping : other;
              Random random = new Random(index);
              int borrowed = 0;
              try (Arena arena = arena(store, floor * UNIT)) {
                allPromised.await();
                for (int round = 0; round < 1_500; round++) {
                  int wanted = 1 + random.nextInt(8);
                  for (int held = 1; held <= wanted; held++) {
                    long block = arena.allocate(UNIT);
                    if (block == Blocks.NO_BLOCK && held <= floor) {
                      throw new AssertionError("refused below the floor: " + budget);
                    }
                    if (block != Blocks.NO_BLOCK && held > floor) {
                      borrowed++;
                    }
                  }
                  if (budget.reservedBytes() > budget.maxBytes()
                      || BudgetInsight.allottedBytes(budget) > budget.maxBytes()) {
                    throw new AssertionError("above the ceiling: " + budget);
                  }
                  arena.reset();
                  if (random.nextInt(50) == 0) {
                    store.trim(random.nextInt(3) * UNIT);
                  }
                }
              }
              return borrowed;
            });
    int borrowed = 0;
    for (Threads.Running<Integer> thread : running) {
      borrowed += thread.join(); // of a single one perhaps none, if it only runs beside others
    }
    assertThat(borrowed).isPositive();
    assertThat(BudgetInsight.allottedBytes(budget)).isZero();
    check(budget, keeping, other);
    keeping.trim();
    assertThat(source.pieces()).isZero();
    assertThat(budget.reservedBytes()).isZero();
  }

  @Test
  void tick_burstAndSilence_fallsToNothingAndNeedsNoClockAnyMore() {
    long[] nanos = {0};
    MemoryBudget budget = MemoryBudget.unlimited("b");
    ChunkStore store =
        BudgetInsight.withClock(ChunkStore.builder().source(source).budget(budget), () -> nanos[0])
            .build();
    for (StrategyFactory strategy : TestStrategies.all()) {
      Arena arena = Arena.builder().strategy(strategy).store(store).build();
      assertThat(arena.tick(nanos[0])).isFalse();
      long[] blocks = new long[40];
      for (int i = 0; i < blocks.length; i++) {
        blocks[i] = arena.allocate(30_000);
      }
      assertThat(arena.tick(nanos[0])).isTrue();
      for (long block : blocks) {
        arena.free(block, 30_000);
      }
      int ticks = 0;
      do {
        nanos[0] += TimeUnit.SECONDS.toNanos(1);
        ticks++;
      } while (arena.tick(nanos[0]));
      assertThat(ticks).isBetween(2, 12);
      assertThat(arena.isSilent()).isTrue();
      assertThat(arena.statistics().reservedBytes()).isZero(); // though its floor is promised
      assertThat(BudgetInsight.allottedBytes(budget)).isEqualTo(UNIT);
      assertThat(store.idleBytes()).isZero();
      arena.close();
      store.trim();
    }
  }

  @Test
  void trim_target_givesBackUntilItIsReachedOrNothingIsEmpty() {
    for (StrategyFactory strategy : TestStrategies.all()) {
      Arena arena =
          Arena.builder()
              .strategy(strategy)
              .store(store(MemoryBudget.unlimited("b"), 0))
              .floorBytes(0)
              .build();
      assertThat(arena.trim(0)).isZero();
      long block = arena.allocate(100);
      assertThat(arena.statistics().reservedBytes()).isEqualTo(UNIT); // whatever the strategy
      assertThat(arena.trim(0)).isZero(); // nothing is empty
      assertThat(arena.remoteFree(block, 100)).isTrue();
      assertThat(arena.trim(UNIT)).isZero();
      assertThat(arena.statistics().reservedBytes()).isEqualTo(UNIT);
      assertThat(arena.trim(UNIT - 1)).isEqualTo(UNIT);
      assertThat(source.pieces()).isZero();
      assertThatThrownBy(() -> arena.trim(-1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("targetBytes: -1 (expected: >= 0)");
      arena.close();
    }
  }

  @Test
  void trim_target_holdsForThatCallOnly() {
    Arena arena = Arena.builder().store(store(MemoryBudget.unlimited("b"), 0)).build();
    long small = arena.allocate(100);
    long large = arena.allocate(100_000);
    arena.free(small, 100);
    arena.free(large, 100_000);
    assertThat(arena.trim(4 * UNIT)).isEqualTo(UNIT);
    assertThat(arena.statistics().reservedBytes()).isEqualTo(4 * UNIT);
    arena.close(); // gives back what is left, although it is no more than the target
    assertThat(source.pieces()).isZero();
  }

  @Test
  void trim_targetAndTwoEmptyChunks_keepsOne() {
    Arena arena = Arena.builder().store(store(MemoryBudget.unlimited("b"), 0)).build();
    long small = arena.allocate(100);
    long large = arena.allocate(100_000);
    assertThat(arena.statistics().chunks()).isEqualTo(2);
    arena.free(small, 100);
    arena.free(large, 100_000);
    assertThat(arena.trim(4 * UNIT)).isEqualTo(UNIT);
    assertThat(arena.statistics().reservedBytes()).isEqualTo(4 * UNIT);
    assertThat(arena.trim()).isEqualTo(4 * UNIT);
    arena.close();
  }

  @Test
  void onGrowth_listenerThrows_theBlockIsHandedOutAllTheSame() {
    MemoryBudget budget = MemoryBudget.unlimited("b");
    Arena arena =
        Arena.builder()
            .store(store(budget, 0))
            .onGrowth(
                () -> {
                  throw new WithoutStackTrace("a listener may throw");
                })
            .build();
    long block = arena.allocate(100);
    assertThat(block).isNotEqualTo(Blocks.NO_BLOCK);
    arena.free(block, 100);
    arena.close();
    assertThat(BudgetInsight.allottedBytes(budget)).isZero();
    assertThat(source.pieces()).isZero();
  }

  @Test
  void tick_remoteFrees_areDrainedAndAskForAnother() {
    Arena arena = arena(store(MemoryBudget.unlimited("b"), 0), UNIT);
    long block = arena.allocate(100);
    assertThat(arena.tick(0)).isFalse();
    assertThat(arena.remoteFree(block, 100)).isTrue();
    assertThat(arena.tick(0)).isTrue();
    assertThat(arena.statistics().liveBlocks()).isZero();
    assertThat(arena.tick(0)).isFalse();
    arena.close();
    assertThatThrownBy(() -> arena.tick(0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void tick_busyArena_keepsItsChunksAndFreesWhatIsKept() {
    Arena arena =
        Arena.builder().store(store(MemoryBudget.unlimited("b"), -1)).checked(false).build();
    int[] flushes = {0};
    arena.blockCache(() -> flushes[0]++);
    arena.free(arena.allocate(100), 100);

    assertThat(arena.tick(0)).isFalse();

    assertThat(arena.isSilent()).isFalse();
    assertThat(flushes[0]).isEqualTo(1);
    assertThat(arena.statistics().reservedBytes()).isEqualTo(UNIT);

    assertThat(arena.tick(0)).isFalse();

    assertThat(arena.isSilent()).isTrue();
    assertThat(arena.statistics().reservedBytes()).isZero();
    arena.close();
  }
}
