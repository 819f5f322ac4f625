package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.testing.TestMemorySource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ChunksTest {

  private static final int UNIT = ChunkStore.CHUNK_UNIT_BYTES;

  private final TestMemorySource source = new TestMemorySource();
  private final ArenaStatistics statistics = new ArenaStatistics();
  private int grown;

  private Chunks chunks(long maxBytes) {
    ChunkStore store =
        ChunkStore.builder()
            .source(source)
            .budget(MemoryBudget.of("chunks", maxBytes))
            .decayMillis(0)
            .build();
    return new Chunks("test", store, new Floor(0), statistics, () -> grown++);
  }

  @Test
  void take_firstAndFurther_areSmallAndUsual() {
    Chunks chunks = chunks(100 * UNIT);
    assertThat(chunks.bytes(chunks.take(1))).isEqualTo(UNIT);
    assertThat(chunks.bytes(chunks.take(1))).isEqualTo(4 * UNIT);
    assertThat(chunks.bytes(chunks.take(4 * UNIT))).isEqualTo(4 * UNIT);
    assertThat(chunks.bytes(chunks.take(4 * UNIT + 1))).isEqualTo(5 * UNIT);
    assertThat(statistics.chunks()).isEqualTo(4);
    assertThat(statistics.reserved()).isEqualTo(14 * UNIT);
    assertThat(grown).isEqualTo(4);
    for (int slot = 0; slot < 4; slot++) {
      chunks.giveBack(slot, 0);
    }
    assertThat(chunks.bytes(chunks.take(UNIT))).isEqualTo(UNIT); // a first one again
    chunks.clear();
    assertThat(source.pieces()).isZero();
  }

  @Test
  void take_noRoomForAUsualChunk_takesAsLittleAsIsNeeded() {
    Chunks chunks = chunks(3 * UNIT);
    chunks.take(1);
    assertThat(chunks.bytes(chunks.take(100))).isEqualTo(UNIT);
    assertThat(chunks.take(UNIT + 1)).isEqualTo(Chunks.NO_CHUNK);
    assertThat(chunks.bytes(chunks.take(UNIT))).isEqualTo(UNIT);
    assertThat(chunks.take(1)).isEqualTo(Chunks.NO_CHUNK);
    assertThat(statistics.reserved()).isEqualTo(3 * UNIT);
    assertThat(grown).isEqualTo(3);
  }

  @Test
  void giveBack_liveBlocks_isRefused() {
    Chunks chunks = chunks(100 * UNIT);
    int slot = chunks.take(1);
    chunks.blockAllocated(slot, 16);
    assertThatThrownBy(() -> chunks.giveBack(slot, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("chunk 0 has 16 bytes in live blocks (expected: 0)");
    assertThat(chunks.isHeld(slot)).isTrue();
    assertThat(statistics.reserved()).isEqualTo(UNIT);
    assertThat(chunks.blockFreed(slot, 16)).isTrue();
    chunks.giveBack(slot, 0);
    assertThatThrownBy(() -> chunks.buffer(slot))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("chunk 0 is not held by this arena");
    assertThatThrownBy(() -> chunks.giveBack(slot, 0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void giveBack_staleEntries_keepTheSlotUntilAllAreDropped() {
    Chunks chunks = chunks(100 * UNIT);
    int slot = chunks.take(1);
    chunks.giveBack(slot, 2);
    assertThat(chunks.isHeld(slot)).isFalse();

    int second = chunks.take(1);
    assertThat(second).isNotEqualTo(slot);
    chunks.dropStaleEntry(slot);
    int third = chunks.take(1);
    assertThat(third).isNotIn(slot, second);
    chunks.dropStaleEntry(slot);
    assertThat(chunks.take(1)).isEqualTo(slot);
    assertThat(chunks.slots()).isEqualTo(3);
  }

  @Test
  void dropAllStaleEntries_freesEverySlotOnce() {
    Chunks chunks = chunks(1_000 * UNIT);
    for (int i = 0; i < 10; i++) {
      chunks.take(1);
    }
    for (int slot = 0; slot < 10; slot++) {
      chunks.giveBack(slot, slot % 3);
    }
    chunks.dropAllStaleEntries();
    List<Integer> slots = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      slots.add(chunks.take(1));
    }
    assertThat(slots).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
  }

  @Test
  void isHeld_anySlot_neverThrows() {
    Chunks chunks = chunks(100 * UNIT);
    chunks.take(1);
    assertThat(chunks.isHeld(0)).isTrue();
    assertThat(chunks.isHeld(1)).isFalse();
    assertThat(chunks.isHeld(Chunks.NO_CHUNK)).isFalse();
    assertThat(chunks.isHeld(Integer.MAX_VALUE)).isFalse();
    assertThat(chunks.isHeld(Integer.MIN_VALUE)).isFalse();
  }

  @Test
  void clear_liveBlocksAndStaleEntries_startsOver() {
    Chunks chunks = chunks(1_000 * UNIT);
    for (int i = 0; i < 9; i++) {
      chunks.blockAllocated(chunks.take(1), 160);
    }
    chunks.blockFreed(3, 160);
    chunks.giveBack(3, 5);
    assertThat(statistics.pinned()).isEqualTo(statistics.reserved());
    chunks.clear();

    assertThat(statistics.used()).isZero();
    assertThat(statistics.reserved()).isZero();
    assertThat(statistics.pinned()).isZero();
    assertThat(statistics.chunks()).isZero();
    assertThat(statistics.chunksGivenBack()).isEqualTo(9);
    assertThat(source.pieces()).isZero();
    assertThat(chunks.take(1)).isZero();
    assertThat(chunks.usedBytes(0)).isZero();
    assertThat(chunks.slots()).isEqualTo(1);
  }
}
