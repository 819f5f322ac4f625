package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.support.Threads;
import io.github.litealloc.testing.Patterns;
import io.github.litealloc.testing.TestMemorySource;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random operations by a caller that does nothing wrong: nothing is reported, contents stay, and
 * every byte is accounted for. Poison alone is in {@link RandomOperationsTest}.
 */
final class HardenedRandomTest {

  private static final int OPERATIONS = 20_000;
  private static final int MAX_LIVE = 200;
  private static final int GUARD = 32;

  static Stream<Arguments> strategiesAndHardenings() {
    Hardening quarantine = Hardening.debugBuilder().guardBytes(GUARD).build();
    Hardening wiping =
        Hardening.builder().guardBytes(GUARD).zeroOnFree(true).quarantine(10, 100_000).build();
    return TestStrategies.all().stream()
        .flatMap(
            strategy ->
                Stream.of(Arguments.of(strategy, quarantine), Arguments.of(strategy, wiping)));
  }

  private record Live(long block, int bytes, int alignment, long pattern) {}

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("strategiesAndHardenings")
  void randomOperations_noMisuse_nothingIsReported(StrategyFactory strategy, Hardening hardening)
      throws Exception {
    MemoryBudget budget = MemoryBudget.of("random", 8 << 20);
    ChunkStore store = ChunkStore.builder().source(new TestMemorySource(16)).budget(budget).build();
    Arena arena = Arena.builder().strategy(strategy).store(store).hardening(hardening).build();
    ArenaStatistics statistics = arena.statistics();
    Random random = new Random(11);
    List<Live> blocks = new ArrayList<>();
    Forgotten forgotten = new Forgotten(arena);
    long requested = 0;
    for (int i = 0; i < OPERATIONS; i++) {
      int choice = random.nextInt(100);
      if (choice == 1) {
        forgotten.forgetSome(blocks, random);
      } else if (choice == 0) {
        arena.trim();
        long sizes = 0;
        for (Live each : blocks) {
          sizes += arena.sizeOf(each.block, each.bytes) + GUARD;
        }
        assertThat(statistics.usedBytes()).isEqualTo(sizes);
        assertThat(statistics.reservedBytes()).isEqualTo(statistics.pinnedBytes());
        arena.verify();
      } else if (choice < 45 && blocks.size() < MAX_LIVE) {
        int bytes = bytes(random);
        int alignment = random.nextInt(10) == 0 ? 1 << random.nextInt(13) : 16;
        long block = arena.allocate(bytes, alignment);
        if (block != Blocks.NO_BLOCK) {
          forgotten.requireNotReused(block, bytes);
          blocks.add(write(arena, block, bytes, alignment, i));
          requested += bytes;
        }
      } else if (choice < 60 && !blocks.isEmpty()) {
        int index = random.nextInt(blocks.size());
        Live old = blocks.get(index);
        int bytes = random.nextBoolean() ? bytes(random) : old.bytes + random.nextInt(40);
        long block = arena.reallocate(old.block, old.bytes, bytes, old.alignment);
        if (block != Blocks.NO_BLOCK) {
          int kept = Math.min(old.bytes, bytes);
          Patterns.verify(arena.buffer(block), Blocks.offset(block), kept, old.pattern);
          forgotten.requireNotReused(block, bytes);
          blocks.set(index, write(arena, block, bytes, old.alignment, i));
          requested += bytes - old.bytes;
        }
      } else if (!blocks.isEmpty()) {
        Live freed = blocks.remove(random.nextInt(blocks.size()));
        verify(arena, freed);
        if (choice < 70) {
          arena.remoteFree(freed.block, freed.bytes);
          arena.drainRemoteFrees();
        } else {
          arena.free(freed.block, freed.bytes);
        }
        requested -= freed.bytes;
      }
      assertThat(statistics.requestedBytes()).isEqualTo(requested);
      assertThat(statistics.liveBlocks()).isEqualTo(blocks.size());
      assertThat(statistics.reservedBytes()).isEqualTo(budget.reservedBytes() - store.idleBytes());
      assertThat(statistics.freeBytes())
          .isEqualTo(statistics.reservedBytes() - statistics.usedBytes());
    }
    assertThat(statistics.violations()).isZero();
    assertThat(statistics.reallocationsInPlace()).isPositive();
    assertThat(statistics.reallocationsMoved()).isPositive();
    assertThat(statistics.failures()).isPositive();
    assertThat(forgotten.bytes).isPositive();
    arena.close();
    Threads.run(
        () -> {
          for (Live each : blocks) {
            verify(arena, each);
            arena.free(each.block, each.bytes);
          }
        });
    assertThat(statistics.violations()).isZero();
    assertThat(statistics.reservedBytes()).isZero();
  }

  /** What the strategy was made to forget, as long as no chunk has gone back. */
  private static final class Forgotten {
    private final Arena arena;
    private final Map<Integer, TreeMap<Integer, Integer>> ends = new HashMap<>();
    private long releases;
    private long bytes;

    Forgotten(Arena arena) {
      this.arena = arena;
    }

    void forgetSome(List<Live> blocks, Random random) {
      BitSet slots = new BitSet();
      for (Live each : blocks) {
        if (random.nextInt(4) == 0) {
          slots.set(Blocks.chunk(each.block));
        }
      }
      forgetOld();
      assertThat(arena.router.forgetFree(slots, this::forgotten)).isTrue();
      for (Live each : blocks) {
        requireNotReused(each.block, each.bytes);
      }
    }

    private void forgotten(int slot, int offset, int bytes) {
      ends.computeIfAbsent(slot, any -> new TreeMap<>()).put(offset, offset + bytes);
      ByteBuffer buffer = arena.buffer(Blocks.block(slot, 0));
      Patterns.write(buffer, offset, bytes, offset); // as if its pages were gone
      this.bytes += bytes;
    }

    private void forgetOld() {
      long now = arena.statistics().chunkReleases();
      if (now != releases) {
        ends.clear();
        releases = now;
      }
    }

    void requireNotReused(long block, int bytes) {
      forgetOld();
      TreeMap<Integer, Integer> runs = ends.getOrDefault(Blocks.chunk(block), new TreeMap<>());
      int end = Blocks.offset(block) + arena.sizeOf(block, bytes) + GUARD;
      Map.Entry<Integer, Integer> below = runs.lowerEntry(end);
      assertThat(below == null || below.getValue() <= Blocks.offset(block)).isTrue();
    }
  }

  private static Live write(Arena arena, long block, int bytes, int alignment, long pattern) {
    ByteBuffer buffer = arena.buffer(block);
    assertThat(buffer.alignmentOffset(Blocks.offset(block), alignment)).isZero();
    Patterns.write(buffer, Blocks.offset(block), bytes, pattern);
    return new Live(block, bytes, alignment, pattern);
  }

  private static void verify(Arena arena, Live live) {
    Patterns.verify(arena.buffer(live.block), Blocks.offset(live.block), live.bytes, live.pattern);
  }

  private static int bytes(Random random) {
    int choice = random.nextInt(1_000);
    if (choice < 5) {
      return random.nextInt(3 << 20);
    }
    return choice < 100 ? random.nextInt(100_000) : random.nextInt(3_000);
  }
}
