package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.Chunk;
import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemorySource;
import io.github.litealloc.support.Threads;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** With zero on free, no byte of a freed block survives: neither in the arena nor in the store. */
@ParameterizedClass
@MethodSource("strategies")
final class WipingTest {

  private static final int[] SIZES = {1, 16, 100, 5_000, 40_000, 3_000_000};

  @Parameter StrategyFactory strategy = Strategies.HYBRID;

  private final WatchingSource source = new WatchingSource();
  private final ChunkStore store =
      ChunkStore.builder()
          .source(source)
          .budget(MemoryBudget.unlimited("wiping"))
          .decayMillis(0)
          .build();
  private Arena arena = Arena.builder().build();

  static List<StrategyFactory> strategies() {
    return TestStrategies.all();
  }

  /** Hands out zeros, and counts what comes back with anything else in it. */
  private static final class WatchingSource implements MemorySource {
    private int dirty;
    private int released;

    @Override
    public Memory allocate(int bytes) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(bytes + Chunk.MAX_ALIGNMENT);
      int start = Chunk.MAX_ALIGNMENT - buffer.alignmentOffset(0, Chunk.MAX_ALIGNMENT);
      ByteBuffer placed = buffer.slice(start % Chunk.MAX_ALIGNMENT, bytes);
      return new Memory() {
        @Override
        public ByteBuffer buffer() {
          return placed;
        }

        @Override
        public long address() {
          return 0;
        }

        @Override
        public void release() {
          released++;
          if (!isZero(placed, 0, bytes)) {
            dirty++;
          }
        }
      };
    }

    @Override
    public String name() {
      return "watching";
    }
  }

  private static boolean isZero(ByteBuffer buffer, int from, int to) {
    for (int i = from; i < to; i++) {
      if (buffer.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private void open(Hardening hardening) {
    arena =
        Arena.builder().strategy(strategy).store(store).checked(false).hardening(hardening).build();
  }

  private long allocate(int bytes) {
    long block = arena.allocate(bytes);
    ByteBuffer buffer = arena.buffer(block);
    for (int i = 0; i < bytes; i++) {
      buffer.put(Blocks.offset(block) + i, (byte) 0x5E);
    }
    return block;
  }

  @AfterEach
  void nothingIsLeftAnywhere() {
    if (!arena.isClosed()) {
      arena.reset();
      arena.close();
    }
    assertThat(source.released).isPositive();
    assertThat(source.dirty).isZero();
  }

  @Test
  void free_anySize_leavesZeros() {
    open(Hardening.zeroOnFree());
    for (int bytes : SIZES) {
      long anchor = allocate(16);
      long block = allocate(bytes);
      ByteBuffer chunk = arena.buffer(block);
      int start = Blocks.offset(block);
      assertThat(isZero(chunk, start, start + 1)).isFalse();
      arena.free(block, bytes);
      assertThat(isZero(chunk, start, start + bytes)).as("%d bytes", bytes).isTrue();
      arena.free(anchor, 16);
    }
    assertThat(arena.statistics().usedBytes()).isZero(); // nothing is added to blocks
  }

  @Test
  void free_wipingAndPoison_leavesZerosAndFindsWrites() {
    open(Hardening.debugBuilder().zeroOnFree(true).onViolation(violation -> {}).build());
    long block = allocate(100);
    ByteBuffer stale = arena.view(block, 100);
    arena.free(block, 100);
    assertThat(isZero(stale, 0, 100)).isTrue();
    stale.put(3, (byte) 1);
    arena.trim();
    assertThat(arena.statistics().violations()).isEqualTo(1);
  }

  @Test
  void reallocate_smaller_wipesTheTail() {
    open(Hardening.zeroOnFree());
    for (int bytes : SIZES) {
      long block = allocate(bytes);
      long obstacle = allocate(16);
      ByteBuffer chunk = arena.buffer(block);
      int start = Blocks.offset(block);
      long smaller = arena.reallocate(block, bytes, bytes / 2);
      int kept = Blocks.withoutSlack(smaller) == Blocks.withoutSlack(block) ? bytes / 2 : 0;
      assertThat(isZero(chunk, start + kept, start + bytes)).as("%d bytes", bytes).isTrue();
      for (int i = 0; i < bytes / 2; i++) {
        assertThat(arena.buffer(smaller).get(Blocks.offset(smaller) + i)).isEqualTo((byte) 0x5E);
      }
      arena.free(smaller, bytes / 2);
      arena.free(obstacle, 16);
    }
  }

  @Test
  void reallocate_moved_wipesTheOldBlock() {
    open(Hardening.zeroOnFree());
    for (int bytes : SIZES) {
      long block = allocate(bytes);
      long obstacle = allocate(bytes);
      ByteBuffer chunk = arena.buffer(block);
      int start = Blocks.offset(block);
      long moved = arena.reallocate(block, bytes, 2 * bytes + 70_000);
      assertThat(moved).isNotEqualTo(block);
      assertThat(isZero(chunk, start, start + bytes)).as("%d bytes", bytes).isTrue();
      arena.free(moved, 2 * bytes + 70_000);
      arena.free(obstacle, bytes);
    }
  }

  @Test
  void reset_liveBlocks_wipesThem() {
    open(Hardening.zeroOnFree());
    for (int bytes : SIZES) {
      allocate(bytes);
    }
    arena.reset();
    assertThat(source.released).isPositive();
    assertThat(source.dirty).isZero();
  }

  @Test
  void free_afterCloseOnAnotherThread_wipes() throws Exception {
    open(Hardening.zeroOnFree());
    List<Long> blocks = new ArrayList<>();
    for (int bytes : SIZES) {
      blocks.add(allocate(bytes));
    }
    arena.close();
    Threads.run(
        () -> {
          for (int i = 0; i < SIZES.length; i++) {
            arena.free(blocks.get(i), SIZES[i]);
          }
        });
    assertThat(arena.statistics().reservedBytes()).isZero();
  }

  @Test
  void randomOperations_everyChunkThatGoesBack_isZero() {
    open(Hardening.zeroOnFree());
    Random random = new Random(5);
    List<Long> blocks = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      int choice = random.nextInt(10);
      if (choice < 5 && blocks.size() < 100 || blocks.isEmpty()) {
        int bytes = random.nextInt(random.nextInt(4) == 0 ? 50_000 : 1_000);
        blocks.add(allocate(bytes));
        sizes.add(bytes);
        continue;
      }
      int index = random.nextInt(blocks.size());
      if (choice < 7) {
        int bytes = random.nextInt(2_000);
        blocks.set(index, arena.reallocate(blocks.get(index), sizes.get(index), bytes));
        sizes.set(index, bytes);
      } else {
        arena.free(blocks.remove(index), sizes.remove(index));
      }
    }
    while (!blocks.isEmpty()) {
      arena.free(blocks.remove(0), sizes.remove(0));
    }
    arena.trim();
    assertThat(arena.statistics().reservedBytes()).isZero();
  }
}
