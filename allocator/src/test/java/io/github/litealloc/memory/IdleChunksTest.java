package io.github.litealloc.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class IdleChunksTest {

  private static final int UNIT = ChunkStore.CHUNK_UNIT_BYTES;

  private final IdleChunks idle = new IdleChunks(0);

  private static Chunk chunk(int units) {
    int bytes = units * UNIT;
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes + 16);
    ByteBuffer aligned = buffer.slice((16 - buffer.alignmentOffset(0, 16)) % 16, bytes);
    return new Chunk(
        new MemorySource.Memory() {
          @Override
          public ByteBuffer buffer() {
            return aligned;
          }

          @Override
          public long address() {
            return 0;
          }

          @Override
          public void release() {}
        },
        bytes);
  }

  @Test
  void take_severalSizesFit_prefersTheLargestAndTheMostRecent() {
    Chunk small = chunk(1);
    Chunk first = chunk(3);
    Chunk second = chunk(3);
    Chunk large = chunk(5);
    for (Chunk chunk : List.of(first, second, large, small)) {
      idle.add(chunk, 0);
    }
    assertThat(idle.take(1, 4 * UNIT)).isSameAs(second);
    assertThat(idle.take(1, 4 * UNIT)).isSameAs(first);
    assertThat(idle.take(UNIT + 1, 4 * UNIT)).isNull();
    assertThat(idle.take(UNIT, 4 * UNIT)).isSameAs(small);
    assertThat(idle.take(1, 4 * UNIT)).isNull();
    assertThat(idle.take(1, Integer.MAX_VALUE)).isSameAs(large);
    assertThat(idle.isEmpty()).isTrue();
  }

  @Test
  void take_sizesThatShareABin_findsTheRightOne() {
    Chunk smaller = chunk(70);
    Chunk larger = chunk(120);
    idle.add(smaller, 0);
    idle.add(larger, 0);
    assertThat(idle.take(70 * UNIT, 70 * UNIT)).isSameAs(smaller);
    assertThat(idle.take(100 * UNIT, 119 * UNIT)).isNull();
    assertThat(idle.take(100 * UNIT, 120 * UNIT)).isSameAs(larger);
  }

  @Test
  void randomOperations_agreeWithAList() {
    long seed = 20_261_125;
    Random random = new Random(seed);
    List<Chunk> model = new ArrayList<>(); // the oldest first
    List<Chunk> spare = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      spare.add(chunk(i < 50 ? 1 + i % 6 : 60 + i % 10));
    }
    for (int step = 0; step < 2_000; step++) {
      int operation = random.nextInt(5);
      if (operation < 2 && !spare.isEmpty()) {
        Chunk chunk = spare.remove(random.nextInt(spare.size()));
        idle.add(chunk, step);
        model.add(chunk);
      } else if (operation < 4) {
        int min = 1 + random.nextInt(70 * UNIT);
        int max = min + random.nextInt(4 * UNIT);
        Chunk expected = bestOf(model, min, max);
        assertThat(idle.take(min, max)).as("seed %d, step %d", seed, step).isSameAs(expected);
        if (expected != null) {
          model.remove(expected);
          spare.add(expected);
        }
      } else if (!model.isEmpty()) {
        Chunk chunk = model.remove(random.nextInt(model.size()));
        idle.remove(chunk);
        spare.add(chunk);
      }
      check(model);
    }
  }

  /** The most recent of the largest bin; sizes of more than 64 units share one here. */
  private static @Nullable Chunk bestOf(List<Chunk> model, int min, int max) {
    Chunk best = null;
    for (Chunk chunk : model) {
      if (chunk.bytes() >= min
          && chunk.bytes() <= max
          && (best == null || capped(chunk) >= capped(best))) {
        best = chunk;
      }
    }
    return best;
  }

  private static int capped(Chunk chunk) {
    return Math.min(chunk.bytes(), 65 * UNIT);
  }

  private void check(List<Chunk> model) {
    long bytes = 0;
    Chunk next = idle.oldest();
    for (Chunk expected : model) {
      assertThat(next).isSameAs(expected);
      next = expected.younger;
      bytes += expected.bytes();
    }
    assertThat(next).isNull();
    assertThat(idle.bytes()).isEqualTo(bytes);
    assertThat(idle.isEmpty()).isEqualTo(model.isEmpty());
  }
}
