package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.testing.TestMemorySource;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Free pages around a few live blocks go back, and nothing else does. */
final class PinnedPagesTest {

  private static final int PAGE = 4096;
  private static final int BLOCK = 2000;
  private static final int BLOCKS = 4000;
  private static final long DECAY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final TestMemorySource source = new TestMemorySource().withPages(PAGE);
  private final MemoryBudget budget = MemoryBudget.of("pages", 64 << 20);
  private final Random random = new Random(7);
  private final List<Long> survivors = new ArrayList<>();
  private ChunkStore store = ChunkStore.builder().source(source).budget(budget).build();

  private Arena open(String strategy, long decayMillis) {
    store = ChunkStore.builder().source(source).budget(budget).decayMillis(decayMillis).build();
    return Arena.builder().strategy(strategy).store(store).build();
  }

  private Arena open(String strategy) {
    return open(strategy, TimeUnit.NANOSECONDS.toMillis(DECAY_NANOS));
  }

  /** One block in a hundred survives, with a pattern in it. */
  private void burst(Arena arena, int keepOneIn) {
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < BLOCKS; i++) {
      all.add(arena.allocate(BLOCK));
    }
    for (int i = 0; i < BLOCKS; i++) {
      long block = all.get(i);
      if (random.nextInt(keepOneIn) == 0) {
        survivors.add(block);
        fill(arena.view(block, BLOCK), (byte) survivors.size());
      } else {
        arena.free(block, BLOCK);
      }
    }
  }

  private static void fill(ByteBuffer view, byte pattern) {
    while (view.hasRemaining()) {
      view.put(pattern);
    }
  }

  private void assertSurvivorsAreWhole(Arena arena) {
    for (int i = 0; i < survivors.size(); i++) {
      var view = arena.view(survivors.get(i), BLOCK);
      for (int at = 0; at < BLOCK; at++) {
        assertThat(view.get(at)).isEqualTo((byte) (i + 1));
      }
    }
  }

  private void assertBooksAreTrue(Arena arena) {
    ArenaStatistics statistics = arena.statistics();
    assertThat(statistics.committedBytes()).isLessThanOrEqualTo(statistics.reservedBytes());
    assertThat(budget.reservedBytes()).isEqualTo(statistics.committedBytes() + store.idleBytes());
    assertThat(source.bytes()).isEqualTo(budget.reservedBytes());
  }

  private static long bytesAtMost(int blocks) {
    return blocks * 2L * PAGE + 2L * 256 * 1024;
  }

  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "segregated-bump", "bump-free-list", "free-list"})
  void trim_fewSurvivors_holdsLittleMoreThanTheirPages(String strategy) {
    Arena arena = open(strategy);
    burst(arena, 100);
    long before = arena.statistics().reservedBytes();

    long given = arena.trim();

    assertThat(arena.statistics().committedBytes()).isLessThan(bytesAtMost(survivors.size()));
    assertThat(given).isEqualTo(before - arena.statistics().committedBytes());
    assertBooksAreTrue(arena);
    assertSurvivorsAreWhole(arena);

    survivors.forEach(block -> arena.free(block, BLOCK));
    arena.trim();
    store.trim();
    assertThat(arena.statistics().reservedBytes()).isZero();
    assertThat(arena.statistics().committedBytes()).isZero();
    assertThat(budget.reservedBytes()).isZero();
    assertThat(source.bytes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "segregated-bump", "bump-free-list", "free-list"})
  void allocate_afterPagesHaveGone_usesNoneOfThem(String strategy) {
    Arena arena = open(strategy);
    for (int round = 0; round < 5; round++) {
      burst(arena, 50);
      arena.trim();
      assertBooksAreTrue(arena);
      assertSurvivorsAreWhole(arena);
      assertThat(arena.statistics().committedBytes()).isLessThan(bytesAtMost(survivors.size()));
      while (random.nextInt(4) > 0 && !survivors.isEmpty()) {
        arena.free(survivors.remove(survivors.size() - 1), BLOCK);
      }
    }
    survivors.forEach(block -> arena.free(block, BLOCK));
    arena.close();
    assertThat(source.bytes()).isEqualTo(store.idleBytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "segregated-bump", "bump-free-list", "free-list"})
  void tick_busyArena_pagesGoAfterTheDecayTimeOnly(String strategy) {
    Arena arena = open(strategy);
    burst(arena, 100);
    long now = System.nanoTime();
    long step = DECAY_NANOS / 10;
    for (long passed = 0; passed < DECAY_NANOS; passed += step) {
      arena.free(arena.allocate(BLOCK), BLOCK); // not silent
      arena.tick(now + passed);
      assertThat(arena.statistics().committedBytes()).isEqualTo(arena.statistics().reservedBytes());
    }
    for (int i = 0; i < 3; i++) {
      arena.free(arena.allocate(BLOCK), BLOCK);
      arena.tick(now + DECAY_NANOS + i * step);
    }
    assertThat(arena.statistics().committedBytes()).isLessThan(bytesAtMost(survivors.size()));
    assertBooksAreTrue(arena);
    assertSurvivorsAreWhole(arena);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "segregated-bump", "bump-free-list", "free-list"})
  void tick_chunkWasJustTakenInThePlaceOfAnOldOne_keepsItsPages(String strategy) {
    Arena arena = open(strategy);
    burst(arena, 100);
    long longAgo = System.nanoTime() - 12 * DECAY_NANOS;
    arena.tick(longAgo);
    survivors.forEach(block -> arena.free(block, BLOCK));
    survivors.clear();
    arena.trim();
    burst(arena, 100);
    arena.tick(System.nanoTime());
    assertThat(arena.statistics().committedBytes()).isEqualTo(arena.statistics().reservedBytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "segregated-bump", "bump-free-list", "free-list"})
  void close_fewSurvivors_holdsLittleMoreThanTheirPages(String strategy) {
    Arena arena = open(strategy);
    burst(arena, 100);
    arena.close();
    assertThat(arena.statistics().committedBytes()).isLessThan(bytesAtMost(survivors.size()));
    assertBooksAreTrue(arena);
    survivors.forEach(block -> arena.free(block, BLOCK));
    store.trim();
    assertThat(source.bytes()).isZero();
    assertThat(budget.reservedBytes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "segregated-bump", "bump-free-list", "free-list"})
  void trim_moreThanHalfUsed_keepsItsPages(String strategy) {
    Arena arena = open(strategy);
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < BLOCKS; i++) {
      all.add(arena.allocate(BLOCK));
    }
    for (int i = 0; i < BLOCKS; i += 4) {
      arena.free(all.get(i), BLOCK);
    }
    arena.trim();
    assertThat(arena.statistics().committedBytes())
        .as("all but the last chunk, which is not full")
        .isGreaterThan(arena.statistics().reservedBytes() - Chunks.CHUNK_BYTES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "segregated-bump", "bump-free-list", "free-list"})
  void trim_everythingIsKeptForEver_keepsItsPages(String strategy) {
    Arena arena = open(strategy, -1);
    burst(arena, 100);
    arena.trim();
    assertThat(arena.statistics().committedBytes()).isEqualTo(arena.statistics().reservedBytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "segregated-bump", "bump-free-list", "free-list"})
  void trim_systemTakesNoPages_everythingIsAsBefore(String strategy) {
    Arena arena = open(strategy);
    burst(arena, 100);
    source.answer(TestMemorySource.Answer.BROKEN);
    arena.trim();
    source.answer(TestMemorySource.Answer.MEMORY);
    assertThat(arena.statistics().committedBytes()).isEqualTo(arena.statistics().reservedBytes());
    assertBooksAreTrue(arena);
    assertSurvivorsAreWhole(arena);
    survivors.forEach(block -> arena.free(block, BLOCK));
    arena.trim();
    store.trim();
    assertThat(source.bytes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "segregated-bump", "bump-free-list", "free-list"})
  void allocate_budgetFullOfPinnedChunks_getsTheirPages(String strategy) {
    MemoryBudget small = MemoryBudget.of("small", 4 << 20);
    store = ChunkStore.builder().source(source).budget(small).build();
    Arena arena = Arena.builder().strategy(strategy).store(store).build();
    List<Long> all = new ArrayList<>();
    for (long block = arena.allocate(BLOCK); block != Blocks.NO_BLOCK; ) {
      all.add(block);
      block = arena.allocate(BLOCK);
    }
    for (int i = 0; i < all.size(); i++) {
      if (i % 50 != 0) {
        arena.free(all.get(i), BLOCK);
      }
    }
    assertThat(arena.allocate(1 << 20)).isNotEqualTo(Blocks.NO_BLOCK);
    assertThat(small.reservedBytes()).isLessThanOrEqualTo(small.maxBytes());
  }

  /** The way of arenas that several threads share: what goes waits until the lock is free. */
  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "segregated-bump", "bump-free-list", "free-list"})
  void errands_pagesAndThenTheirChunk_goInThatOrder(String strategy) {
    open(strategy);
    Errands errands = new Errands();
    Arena arena = Arena.builder().strategy(strategy).store(store).errands(errands).build();
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      long block = arena.allocate(BLOCK);
      if (block == Blocks.NO_BLOCK) {
        assertThat(errands.fetch(errands.takeNeed())).isEqualTo(Errands.Fetch.DONE);
        block = arena.allocate(BLOCK);
      }
      all.add(block);
    }
    for (int i = 0; i < all.size(); i++) {
      if (i % 40 != 0) {
        arena.free(all.get(i), BLOCK);
      }
    }
    long before = source.bytes();
    arena.trim();
    assertThat(source.bytes()).as("nothing goes under the lock").isEqualTo(before);
    if (strategy.equals("hybrid")) {
      errands.run(); // else all of it waits for the end
      assertBooksAreTrue(arena);
      assertThat(source.bytes()).isLessThan(before / 2);
    }
    for (int i = 0; i < all.size(); i += 40) {
      arena.free(all.get(i), BLOCK);
    }
    arena.trim();
    errands.run();
    store.trim();
    assertThat(source.mistakes()).isZero();
    assertThat(source.bytes()).isZero();
    assertThat(budget.reservedBytes()).isZero();
    assertThat(arena.statistics().committedBytes()).isZero();
  }
}
