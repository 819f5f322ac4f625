package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an arena tells of paths, of what is free, of trims and of refusals. */
final class FreeFiguresTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final List<Arena> arenas = new ArrayList<>();
  private long nowNanos = System.nanoTime();

  @AfterEach
  void close() {
    for (Arena arena : arenas) {
      arena.reset();
      arena.close();
    }
  }

  private Arena arena(ArenaBuilder builder) {
    Arena arena = builder.build();
    arenas.add(arena);
    return arena;
  }

  private Arena unchecked(String strategy) {
    return arena(Arena.builder().strategy(strategy).checked(false));
  }

  private void tick(Arena arena) {
    nowNanos += SECOND;
    arena.tick(nowNanos);
  }

  private static long freeOfAllKinds(ArenaFigures figures) {
    return figures.get(ArenaFigure.CACHED_BYTES)
        + figures.get(ArenaFigure.FREE_BUMP_BYTES)
        + figures.get(ArenaFigure.FREE_LISTED_BYTES)
        + figures.get(ArenaFigure.FREE_DEAD_BYTES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bump-free-list", "segregated-bump", "free-list", "hybrid"})
  void free_afterATick_isDividedAsTheMapSays(String strategy) {
    Arena arena = unchecked(strategy);
    long[] blocks = new long[200];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = arena.allocate(2_000);
    }
    for (int i = 0; i < blocks.length; i += 3) {
      arena.free(blocks[i], 2_000);
    }
    tick(arena);

    FragmentationMap map = arena.fragmentation();
    ArenaFigures figures = arena.statistics().snapshot();
    assertThat(figures.get(ArenaFigure.FREE_BLOCKS))
        .isEqualTo(map.chunks().stream().mapToLong(FragmentationMap.ChunkUse::freeRuns).sum());
    assertThat(figures.get(ArenaFigure.FREE_LARGEST_BYTES))
        .isEqualTo(
            map.chunks().stream()
                .mapToLong(FragmentationMap.ChunkUse::largestFreeRunBytes)
                .max()
                .orElseThrow());
    assertThat(
            figures.get(ArenaFigure.FREE_BUMP_BYTES) + figures.get(ArenaFigure.FREE_LISTED_BYTES))
        .isEqualTo(map.chunks().stream().mapToLong(FragmentationMap.ChunkUse::freeRunBytes).sum());
    assertThat(figures.get(ArenaFigure.FREE_BUMP_BYTES)).isPositive();
    assertThat(freeOfAllKinds(figures)).isEqualTo(figures.get(ArenaFigure.FREE_BYTES));
  }

  @Test
  void free_listedByOneStrategy_isDeadForAnother() {
    for (String strategy : List.of("free-list", "segregated-bump")) {
      Arena arena = unchecked(strategy);
      long[] blocks = new long[10];
      for (int i = 0; i < blocks.length; i++) {
        blocks[i] = arena.allocate(40_000);
      }
      arena.free(blocks[3], 40_000);
      tick(arena);

      boolean isDead = strategy.equals("segregated-bump");
      ArenaFigures figures = arena.statistics().snapshot();
      assertThat(figures.get(ArenaFigure.FREE_DEAD_BYTES) > 0).as(strategy).isEqualTo(isDead);
      assertThat(figures.get(ArenaFigure.FREE_LISTED_BYTES) > 0).as(strategy).isEqualTo(!isDead);
    }
  }

  @Test
  void free_ofManyBlocks_isNotLookedAtAgainAtOnce() {
    Arena arena = unchecked("free-list");
    long[] blocks = new long[200_000];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = arena.allocate(16);
    }
    for (int i = 0; i < blocks.length; i += 2) {
      arena.free(blocks[i], 16);
    }
    assertThat(ticksUntilLooked(arena)).isGreaterThan(4);
    long looked = arena.statistics().freeBlocks();
    assertThat(looked).isGreaterThan(90_000);
    arena.free(blocks[1], 16);
    arena.tick(++nowNanos);

    assertThat(arena.router.isLooking()).isFalse();
    arena.allocate(16);
    ticksUntilLooked(arena);
    assertThat(arena.statistics().freeBlocks()).isLessThan(looked);
  }

  /** Each far enough from the one before that the next piece of the look is due. */
  private int ticksUntilLooked(Arena arena) {
    int ticks = 0;
    do {
      ticks++;
      nowNanos += 1_000 * SECOND;
      arena.tick(nowNanos);
    } while (arena.router.isLooking());
    return ticks;
  }

  /** Counts steps, not time: a thousand million free blocks keep their owner no longer at once. */
  @Test
  void free_ofAVeryLargeArena_isLookedAtInPiecesOfBoundedWork() {
    Arena arena = unchecked("segregated-bump");
    int most = 3 * FreeLook.STEPS_OF_PIECE;
    int free = most + FreeLook.STEPS_OF_PIECE / 2;
    long[] blocks = new long[2 * free];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = arena.allocate(64);
    }
    tick(arena);
    long before = arena.statistics().freeBlocks();
    for (int i = 0; i < blocks.length; i += 2) {
      arena.free(blocks[i], 64);
    }

    for (int piece = 1; piece <= 3; piece++) {
      nowNanos += 1_000 * SECOND;
      assertThat(arena.tick(nowNanos)).as("shall there be another tick after %d", piece).isTrue();
      assertThat(arena.router.isLooking()).isTrue();
      assertThat(arena.statistics().freeBlocks()).as("only whole looks").isEqualTo(before);
    }
    nowNanos += 1_000 * SECOND;
    assertThat(arena.tick(nowNanos)).isFalse(); // silent, and there is nothing more to look at
    assertThat(arena.router.isLooking()).isFalse();
    ArenaFigures figures = arena.statistics().snapshot();
    // Where pages go back, those of the chunk that was carved last are free no more.
    assertThat(figures.get(ArenaFigure.FREE_BLOCKS)).isBetween(most + 1L, free + 1L);
    assertThat(freeOfAllKinds(figures)).isEqualTo(figures.get(ArenaFigure.FREE_BYTES));
  }

  @Test
  void allocations_byPath_addUp() {
    Arena arena = unchecked("hybrid");
    BlockCache[] cache = new BlockCache[1];
    long[] kept = {Blocks.NO_BLOCK};
    cache[0] =
        arena.blockCache(
            () -> {
              if (kept[0] != Blocks.NO_BLOCK) {
                cache[0].free(kept[0], cache[0].blockBytes(1_000), 1_000);
                kept[0] = Blocks.NO_BLOCK;
              }
            });
    arena.allocate(1_000);
    long block = arena.allocate(1_000);
    BlockShelf shelf = cache[0].newShelf(cache[0].blockBytes(1_000));
    assertThat(cache[0].keep(shelf, 0, 1_000)).isTrue();
    cache[0].reuse(shelf, BlockShelf.NONE, 1_000);
    arena.free(block, 1_000);
    arena.allocate(3 << 20);

    ArenaStatistics statistics = arena.statistics();
    assertThat(statistics.keptAllocations()).isEqualTo(1);
    assertThat(statistics.hugeAllocations()).isEqualTo(1);
    assertThat(statistics.carvedAllocations()).isPositive();
    assertThat(statistics.allocations())
        .isEqualTo(4)
        .isEqualTo(
            statistics.keptAllocations()
                + statistics.hugeAllocations()
                + statistics.carvedAllocations()
                + statistics.strategyAllocations());
  }

  @Test
  void reallocations_smaller_areShrunkAndNotInPlace() {
    Arena arena = unchecked("free-list");
    long block = arena.allocate(10_000);
    block = arena.reallocate(block, 10_000, 20_000);
    block = arena.reallocate(block, 20_000, 500);
    arena.allocate(500);
    arena.reallocate(block, 500, 90_000);

    assertThat(arena.statistics().reallocationsInPlace()).isEqualTo(1);
    assertThat(arena.statistics().reallocationsShrunk()).isEqualTo(1);
    assertThat(arena.statistics().reallocationsMoved()).isEqualTo(1);
  }

  @Test
  void trims_ofEachKind_areCountedWithTheirBytes() {
    MemoryBudget budget = MemoryBudget.of("trims", 16 << 20);
    Arena arena =
        arena(
            Arena.builder()
                .checked(false)
                .floorBytes(0)
                .store(ChunkStore.builder().budget(budget).decayMillis(10_000).build()));
    ArenaStatistics statistics = arena.statistics();
    arena.free(arena.allocate(3_000), 3_000);
    long reserved = statistics.reservedBytes();
    arena.trim();
    assertThat(statistics.trimsManual()).isEqualTo(1);
    assertThat(statistics.trimmedManualBytes()).isEqualTo(reserved);

    arena.free(arena.allocate(3_000), 3_000);
    tick(arena);
    assertThat(statistics.trimsIdle()).isZero();
    assertThat(statistics.trimsDecay()).isEqualTo(1);
    tick(arena); // nothing allocated since
    assertThat(statistics.trimsIdle()).isEqualTo(1);
    assertThat(statistics.trimmedIdleBytes()).isEqualTo(reserved);
    assertThat(statistics.trimsDecay()).isEqualTo(1);

    long large = arena.allocate(15_500_000);
    tick(arena);
    assertThat(statistics.trimsPressure()).isEqualTo(1);
    assertThat(statistics.trimsDecay()).isEqualTo(1);
    arena.free(large, 15_500_000);
  }

  @Test
  void decay_ofAnArenaInUse_countsWhatGoes() {
    Arena arena =
        arena(
            Arena.builder()
                .strategy("free-list")
                .checked(false)
                .store(ChunkStore.builder().decayMillis(3_000).build()));
    long[] blocks = new long[100];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = arena.allocate(30_000);
    }
    for (int i = 0; i < blocks.length; i++) {
      arena.free(blocks[i], 30_000);
    }
    for (int i = 0; i < 10; i++) {
      arena.free(arena.allocate(100), 100);
      tick(arena);
    }

    assertThat(arena.statistics().trimsDecay()).isEqualTo(10);
    assertThat(arena.statistics().resets()).isPositive();
  }

  @Test
  void refusals_byWhom_addUpToTheFailures() {
    MemoryBudget budget = MemoryBudget.of("tiny", 128 << 10);
    Arena arena =
        arena(Arena.builder().checked(false).store(ChunkStore.builder().budget(budget).build()));
    assertThat(arena.allocate(1 << 20)).isEqualTo(Blocks.NO_BLOCK);

    ArenaStatistics statistics = arena.statistics();
    assertThat(statistics.refusalsBudget()).isEqualTo(1);
    assertThat(statistics.refusalsSystem()).isZero();
    assertThat(statistics.refusalsCollector()).isZero();
    assertThat(statistics.refusalsArena()).isZero();
    arena.suspect(new IllegalStateException("of a test"));
    assertThat(arena.allocate(100)).isEqualTo(Blocks.NO_BLOCK);
    assertThat(statistics.failures()).isEqualTo(2);
  }

  @Test
  void refusals_ofAnArenaThatThreadsShare_takeTime() {
    MemoryBudget budget = MemoryBudget.of("tiny shared", 128 << 10);
    Errands errands = new Errands();
    Arena arena =
        arena(
            Arena.builder()
                .checked(false)
                .errands(errands)
                .store(ChunkStore.builder().budget(budget).build()));
    assertThat(arena.allocate(1 << 20)).isEqualTo(Blocks.NO_BLOCK);
    long before = System.nanoTime();
    assertThat(errands.fetch(errands.takeNeed())).isEqualTo(Errands.Fetch.REFUSED);
    long tookNanos = System.nanoTime() - before;
    errands.refusing(true);
    assertThat(arena.allocate(1 << 20)).isEqualTo(Blocks.NO_BLOCK);
    errands.refusing(false);

    assertThat(arena.statistics().failures()).isEqualTo(1);
    assertThat(arena.statistics().refusalNanos()).isPositive().isLessThanOrEqualTo(tookNanos);
  }

  @Test
  void chunkReservations_takeTime() {
    Arena arena = unchecked("hybrid");
    arena.allocate(100);
    long first = arena.statistics().chunkReservationNanos();
    assertThat(first).isPositive();
    arena.allocate(5 << 20);
    assertThat(arena.statistics().chunkReservationNanos()).isGreaterThan(first);
  }

  @Test
  void waitingRemoteFrees_undrained_areCountedUpToTheLimit() throws Exception {
    Arena arena = unchecked("hybrid");
    long[] blocks = new long[50];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = arena.allocate(100);
    }
    Thread other =
        new Thread(
            () -> {
              for (long block : blocks) {
                arena.remoteFree(block, 100);
              }
            });
    other.start();
    other.join();

    assertThat(arena.waitingRemoteFrees(1_000)).isEqualTo(50);
    assertThat(arena.waitingRemoteFrees(20)).isEqualTo(20);
    arena.drainRemoteFrees();
    assertThat(arena.waitingRemoteFrees(1_000)).isZero();
  }

  @Test
  void sums_ofTwoArenas_haveTheGreaterLargestBlock() {
    Arena small = unchecked("hybrid");
    Arena large = unchecked("hybrid");
    small.allocate(100);
    large.allocate(60_000);
    tick(small);
    tick(large);
    ArenaFigures one = small.statistics().snapshot();
    ArenaFigures other = large.statistics().snapshot();

    assertThat(one.plus(other).get(ArenaFigure.FREE_LARGEST_BYTES))
        .isEqualTo(
            Math.max(
                one.get(ArenaFigure.FREE_LARGEST_BYTES),
                other.get(ArenaFigure.FREE_LARGEST_BYTES)));
    assertThat(one.plus(other).get(ArenaFigure.FREE_BLOCKS))
        .isEqualTo(one.get(ArenaFigure.FREE_BLOCKS) + other.get(ArenaFigure.FREE_BLOCKS));
  }

  /** Serves as a free list does, and fails when it is looked at. */
  private static final class Unseen extends Strategy {
    private final Strategy inner;

    Unseen(Chunks chunks) {
      super(chunks);
      this.inner = Strategies.FREE_LIST.create(chunks);
    }

    @Override
    protected long allocate(int bytes, int alignment) {
      return inner.allocate(bytes, alignment);
    }

    @Override
    protected void free(long block, int bytes) {
      inner.free(block, bytes);
    }

    @Override
    protected long resize(long block, int oldBytes, int newBytes) {
      return inner.resize(block, oldBytes, newBytes);
    }

    @Override
    protected int sizeOf(long block, int bytes) {
      return inner.sizeOf(block, bytes);
    }

    @Override
    protected void trim() {
      inner.trim();
    }

    @Override
    protected void visitFreeRuns(FreeRunVisitor visitor) {
      throw new AssertionError("seen");
    }

    @Override
    protected void reset() {
      inner.reset();
    }
  }

  @Test
  void tick_ofAStrategyThatFailsWhenItIsLookedAt_goesOn() {
    StrategyFactory factory =
        new StrategyFactory() {
          @Override
          public String name() {
            return "unseen";
          }

          @Override
          public Strategy create(Chunks chunks) {
            return new Unseen(chunks);
          }
        };
    Arena arena = arena(Arena.builder().strategy(factory));
    long block = arena.allocate(1_000);
    tick(arena);
    arena.free(block, 1_000);
    tick(arena);
    tick(arena);
    assertThat(arena.statistics().freeBlocks()).isZero();
    assertThat(arena.statistics().trimsIdle()).isPositive();
    assertThat(arena.statistics().chunks()).isZero();
  }
}
