package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.support.Threads;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What the figures mean is tested in {@link BuiltInStrategyContract} and {@link
 * RandomOperationsTest}.
 */
final class ArenaStatisticsTest {

  @Test
  void fields_areNumbersOnly_soThatKeepingThemKeepsNoMemoryAlive() {
    Set<Class<?>> parts =
        Set.of(ArenaStatistics.class, PinnedChunks.class, SizeCounts.class, BlockShelf.class);
    Set<Class<?>> numbers =
        Set.of(long.class, int.class, int[].class, long[].class, boolean[].class);
    for (Class<?> part : parts) {
      for (Field field : part.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())) {
          Class<?> type = field.getType();
          assertThat(numbers.contains(type) || parts.contains(type)).as("%s", field).isTrue();
        }
      }
    }
  }

  @Test
  void toString_namesTheMainFigures() {
    for (boolean checked : new boolean[] {true, false}) {
      Arena arena = Arena.builder().checked(checked).build();
      assertThat(arena.statistics()).isSameAs(arena.statistics());
      arena.allocate(100);
      arena.free(arena.allocate(200), 200);
      assertThat(arena.statistics())
          .hasToString(
              "ArenaStatistics(reserved: 65536, used: 112, requested: 100, live blocks: 1,"
                  + " allocations: 2, frees: 1, failures: 0, chunks: 1)");
      arena.reset();
      arena.close();
    }
  }

  @Test
  void peakUsed_reset_staysWhatItWas() {
    Arena arena = Arena.builder().build();
    arena.allocate(100);
    arena.reset();
    arena.allocate(10);
    assertThat(arena.statistics().peakUsedBytes()).isEqualTo(112);
    arena.reset();
    arena.close();
  }

  @Test
  void figures_readWhileTheOwnerWorks_areNeverAbsurd() throws Exception {
    CompletableFuture<ArenaStatistics> published = new CompletableFuture<>();
    Threads.Running<Long> owner =
        Threads.start(
            "owner",
            () -> {
              Arena arena = Arena.builder().strategy("bump-free-list").build();
              published.complete(arena.statistics());
              long[] blocks = new long[64];
              for (int i = 0; i < 300_000; i++) {
                int slot = i * 7 % blocks.length;
                if (i >= blocks.length) {
                  arena.free(blocks[slot], 16 + slot * 200);
                }
                blocks[slot] = arena.allocate(16 + slot * 200);
              }
              arena.reset();
              arena.close();
              return arena.statistics().allocations();
            });
    ArenaStatistics statistics = published.get(60, TimeUnit.SECONDS);
    long allocations = 0;
    while (owner.thread().isAlive()) {
      assertThat(statistics.liveBlocks()).isNotNegative();
      assertThat(statistics.freeBytes()).isNotNegative();
      assertThat(statistics.pinnedBytes()).isNotNegative();
      assertThat(statistics.usedBytes()).isNotNegative();
      long now = statistics.allocations();
      assertThat(now).isGreaterThanOrEqualTo(allocations);
      allocations = now;
    }
    assertThat(owner.join()).isEqualTo(300_000);
    assertThat(statistics.usedBytes()).isZero();
    assertThat(statistics.pinnedBytes()).isZero();
  }

  @Test
  void counters_thatAreARest_areNeverTooHighWhileTheOwnerWorks() throws Exception {
    int hugeBytes = 6 << 20;
    int rounds = 20_000;
    MemoryBudget budget = MemoryBudget.of("rest", 8 << 20);
    CompletableFuture<ArenaStatistics> published = new CompletableFuture<>();
    Threads.Running<Boolean> owner =
        Threads.start(
            "owner",
            () -> {
              ChunkStore store = ChunkStore.builder().budget(budget).build();
              Arena arena = Arena.builder().checked(false).store(store).build();
              published.complete(arena.statistics());
              for (int i = 0; i < rounds; i++) {
                long block = arena.allocate(hugeBytes);
                arena.allocate(hugeBytes); // more than the budget has left
                arena.remoteFree(block, hugeBytes);
                arena.drainRemoteFrees();
              }
              arena.close();
              return true;
            });
    ArenaStatistics statistics = published.get(60, TimeUnit.SECONDS);
    while (owner.thread().isAlive()) {
      assertThat(statistics.strategyAllocations()).isZero();
      assertThat(statistics.ownerFrees()).isZero();
      assertThat(statistics.refusalsArena()).isZero();
    }
    assertThat(owner.join()).isTrue();
    assertThat(statistics.hugeAllocations()).isEqualTo(rounds);
    assertThat(statistics.remoteFrees()).isEqualTo(rounds);
    assertThat(statistics.refusalsBudget()).isEqualTo(rounds);
  }
}
