package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.testing.TestMemorySource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FreeRunIndexTest {

  private static final int CHUNKS = 3;
  private static final int CHUNK_BYTES = Chunks.CHUNK_BYTES;
  private static final int OPERATIONS = 40_000;

  private final FreeRunIndex index = new FreeRunIndex();

  private final Chunks chunks =
      new Chunks(
          ChunkStore.builder()
              .source(new TestMemorySource(720))
              .budget(MemoryBudget.unlimited("index"))
              .build()
              .openAccount("test", 0),
          new ArenaStatistics(),
          () -> {});

  FreeRunIndexTest() {
    for (int slot = 0; slot < CHUNKS; slot++) {
      assertThat(chunks.take(CHUNK_BYTES)).isEqualTo(slot);
    }
  }

  private int add(long start, int bytes) {
    return index.add(Blocks.chunk(start), Blocks.offset(start), bytes);
  }

  private boolean takeAt(long start, int bytes) {
    return index.takeAt(Blocks.chunk(start), Blocks.offset(start), bytes);
  }

  private int removeEndingAt(long end) {
    return index.removeEndingAt(Blocks.chunk(end), Blocks.offset(end));
  }

  @Test
  void newIndex_isEmpty() {
    index.verify();
    assertThat(index.count()).isZero();
    assertThat(index.largest()).isZero();
    assertThat(index.take(16)).isEqualTo(Blocks.NO_BLOCK);
    assertThat(index.takeAligned(16, 64, chunks)).isEqualTo(Blocks.NO_BLOCK);
    assertThat(index.takeAt(0, 0, 16)).isFalse();
    assertThat(index.removeEndingAt(0, 16)).isZero();
  }

  @Test
  void add_neighbours_tellsHowManyItMergedWith() {
    assertThat(add(100 * 16, 16)).isZero();
    assertThat(add(102 * 16, 16)).isZero();
    assertThat(add(101 * 16, 16)).isEqualTo(2);
    assertThat(add(103 * 16, 16)).isEqualTo(1);
    assertThat(add(99 * 16, 16)).isEqualTo(1);

    assertThat(index.count()).isEqualTo(1);
    assertThat(index.largest()).isEqualTo(5 * 16);
    assertThat(index.take(5 * 16)).isEqualTo(99 * 16);
    index.verify();
  }

  @Test
  void add_endOfOneChunkAndStartOfTheNext_areNotNeighbours() {
    add(Blocks.block(0, CHUNK_BYTES - 16), 16);
    assertThat(add(Blocks.block(1, 0), 16)).isZero();
    assertThat(index.count()).isEqualTo(2);
    index.verify();
  }

  @Test
  void take_severalFit_takesTheLowestAndLeavesItsRest() {
    add(Blocks.block(2, 0), 160);
    add(Blocks.block(1, 64), 64);
    add(Blocks.block(0, 0), 32);

    assertThat(index.take(48)).isEqualTo(Blocks.block(1, 64));
    assertThat(index.take(48)).isEqualTo(Blocks.block(2, 0));
    assertThat(index.take(16)).isEqualTo(Blocks.block(0, 0));
    assertThat(index.take(16)).isEqualTo(Blocks.block(0, 16));
    assertThat(index.take(16)).isEqualTo(Blocks.block(1, 64 + 48));
    assertThat(index.largest()).isEqualTo(160 - 48);
    index.verify();
  }

  @Test
  void takeAligned_startOfAChunk_isTaken() {
    add(Blocks.block(1, 0), 64);
    assertThat(index.takeAligned(64, 16, chunks)).isEqualTo(Blocks.block(1, 0));
    assertThat(index.count()).isZero();
  }

  @Test
  void add_moreChunksThanEver_forgetsNothingOfTheOthers() {
    for (int slot = 0; slot < 20; slot++) {
      index.add(slot, 16 * slot, 16 * (20 - slot));
      assertThat(index.largest()).isEqualTo(20 * 16);
      index.verify();
    }
    for (int slot = 0; slot < 20; slot++) {
      assertThat(index.take(16 * (20 - slot))).isEqualTo(Blocks.block(slot, 16 * slot));
    }
    assertThat(index.count()).isZero();
  }

  @Test
  void verify_touchingBlocks_complains() {
    add(0, 32);
    add(64, 32);
    index.verify();
    // The second block now pretends to start right behind the first: the check must see it.
    assertThat(takeAt(64, 16)).isTrue();
    add(32, 16);
    index.verify();
    FreeRunIndex overlapping = new FreeRunIndex();
    overlapping.add(0, 0, 32);
    overlapping.add(0, 16, 32);
    assertThatThrownBy(overlapping::verify).isInstanceOf(AssertionError.class);
  }

  @Test
  void takeVisited_countsAndStartsOver() {
    for (int i = 0; i < 100; i++) {
      add(i * 32L, 16);
    }
    index.takeVisited();
    index.take(16);
    assertThat(index.takeVisited()).isPositive();
    assertThat(index.takeVisited()).isZero();
  }

  @Test
  void take_manyRuns_looksAtFew() {
    int runs = CHUNK_BYTES / 32;
    for (int slot = 0; slot < CHUNKS; slot++) {
      for (int i = 0; i < runs; i++) {
        index.add(slot, i * 32, 16);
      }
    }
    long wanted = Blocks.block(CHUNKS - 1, (runs - 1) * 32);
    add(wanted + 16, 16); // only the very last run has 32 bytes
    index.takeVisited();

    assertThat(index.take(32)).isEqualTo(wanted);
    // The directory of the last chunk and one leaf, of more than 24,000 runs.
    assertThat(index.takeVisited()).isBetween(1, 600);
    index.verify();
  }

  @Test
  void shrink_chunksWithFewOfTheirRuns_servesAsBefore() {
    int runs = CHUNK_BYTES / 32;
    for (int slot = 0; slot < CHUNKS; slot++) {
      for (int i = 0; i < runs; i++) {
        index.add(slot, i * 32, 16);
      }
    }
    index.removeAll(0);
    for (int i = 10; i < runs; i++) {
      assertThat(takeAt(Blocks.block(1, i * 32), 16)).isTrue();
    }
    index.shrink(chunks, true);
    index.verify();
    assertThat(index.count()).isEqualTo(10 + runs);
    for (int i = 0; i < 10; i++) {
      assertThat(index.take(16)).isEqualTo(Blocks.block(1, i * 32));
    }
    assertThat(index.take(16)).isEqualTo(Blocks.block(2, 0));
    add(Blocks.block(0, 64), 32);
    assertThat(index.take(32)).isEqualTo(Blocks.block(0, 64));
    index.verify();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void randomOperations_afterEveryStep_matchTheModel(long seed) {
    Model model = new Model(seed);
    for (int step = 0; step < OPERATIONS; step++) {
      try {
        model.operate(step);
        if (step % 300 == 0) {
          index.shrink(chunks, true);
        }
        index.verify();
        assertThat(index.count()).isEqualTo(model.free.size());
        assertThat(index.largest()).isEqualTo(model.largest());
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed + ", step " + step, e);
      }
    }
  }

  /** The same free blocks in a sorted map. */
  private final class Model {
    final TreeMap<Long, Integer> free = new TreeMap<>();
    private final List<long[]> taken = new ArrayList<>();
    private final Random random;

    Model(long seed) {
      this.random = new Random(seed);
      for (int slot = 0; slot < CHUNKS; slot++) {
        taken.add(new long[] {Blocks.block(slot, 0), CHUNK_BYTES});
      }
    }

    int largest() {
      return free.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    void operate(int step) {
      // Alternates between times in which blocks are freed and times in which they are taken.
      boolean isFreeing = step / 2_000 % 2 == 0;
      int choice = random.nextInt(10);
      if (choice < (isFreeing ? 6 : 2) && !taken.isEmpty()) {
        addPart();
      } else if (choice < 8) {
        take(size());
      } else if (free.isEmpty()) {
        return;
      } else {
        removeOrTakeAt();
      }
    }

    private int size() {
      return 16 * (1 + random.nextInt(random.nextInt(4) == 0 ? 512 : 16));
    }

    /** Frees some of what is taken: all of a block, its start, its end or its middle. */
    private void addPart() {
      int index = random.nextInt(taken.size());
      long[] block = taken.remove(index);
      int granules = (int) block[1] / 16;
      int from = random.nextBoolean() ? 0 : random.nextInt(granules);
      int to =
          random.nextBoolean()
              ? Math.min(granules, from + 1 + random.nextInt(64))
              : from + 1 + random.nextInt(Math.min(granules - from, 512));
      if (from > 0) {
        taken.add(new long[] {block[0], from * 16L});
      }
      if (to < granules) {
        taken.add(new long[] {block[0] + to * 16L, (granules - to) * 16L});
      }
      add(block[0] + from * 16L, (to - from) * 16);
    }

    private void add(long start, int bytes) {
      int merged = 0;
      long first = start;
      int size = bytes;
      Map.Entry<Long, Integer> below = free.lowerEntry(start);
      if (below != null && below.getKey() + below.getValue() == start) {
        free.remove(below.getKey());
        first = below.getKey();
        size += below.getValue();
        merged++;
      }
      Integer above = free.remove(start + bytes);
      if (above != null) {
        size += above;
        merged++;
      }
      free.put(first, size);
      assertThat(FreeRunIndexTest.this.add(start, bytes)).isEqualTo(merged);
    }

    private void take(int bytes) {
      int alignment = random.nextInt(3) == 0 ? 32 << random.nextInt(8) : 16;
      long expected = Blocks.NO_BLOCK;
      for (Map.Entry<Long, Integer> entry : free.entrySet()) {
        long start = aligned(entry.getKey(), alignment);
        if (start + bytes <= entry.getKey() + entry.getValue()) {
          expected = start;
          break;
        }
      }
      long block =
          alignment == 16 ? index.take(bytes) : index.takeAligned(bytes, alignment, chunks);
      assertThat(block).as("%d bytes aligned to %d", bytes, alignment).isEqualTo(expected);
      if (block != Blocks.NO_BLOCK) {
        cut(free.floorKey(block), block, bytes);
        taken.add(new long[] {block, bytes});
      }
    }

    private long aligned(long block, int alignment) {
      int slot = Blocks.chunk(block);
      int offset = Blocks.offset(block);
      int misaligned = chunks.buffer(slot).alignmentOffset(offset, alignment);
      return misaligned == 0 ? block : block + alignment - misaligned;
    }

    private void cut(long freeStart, long start, int bytes) {
      long end = freeStart + free.remove(freeStart);
      if (start > freeStart) {
        free.put(freeStart, (int) (start - freeStart));
      }
      if (start + bytes < end) {
        free.put(start + bytes, (int) (end - start - bytes));
      }
    }

    private void removeOrTakeAt() {
      long start = anyFree();
      int bytes = free.get(start);
      switch (random.nextInt(4)) {
        case 0 -> {
          int wanted = 16 * (1 + random.nextInt(bytes / 16 + 1));
          assertThat(takeAt(start, wanted)).isEqualTo(wanted <= bytes);
          if (wanted <= bytes) {
            cut(start, start, wanted);
            taken.add(new long[] {start, wanted});
          }
        }
        case 1 -> {
          int slot = Blocks.chunk(start);
          index.removeAll(slot);
          List.copyOf(free.keySet()).stream()
              .filter(each -> Blocks.chunk(each) == slot)
              .forEach(each -> removed(each, free.get(each)));
        }
        case 2 -> {
          assertThat(removeEndingAt(start + bytes)).isEqualTo(bytes);
          removed(start, bytes);
        }
        default -> {
          // Close to a block, but not it.
          assertThat(takeAt(start + 8, 16)).isFalse();
          assertThat(removeEndingAt(start + bytes + 8)).isZero();
          assertThat(removeEndingAt(start + bytes - 8)).isZero();
        }
      }
    }

    private void removed(long start, int bytes) {
      free.remove(start);
      taken.add(new long[] {start, bytes});
    }

    private long anyFree() {
      long probe = Blocks.block(random.nextInt(CHUNKS), random.nextInt(CHUNK_BYTES));
      Long start = free.floorKey(probe);
      return start != null ? start : free.firstKey();
    }
  }
}
