package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemorySource;
import io.github.litealloc.testing.TestMemorySource;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ChunksTest {

  private static final int UNIT = ChunkStore.CHUNK_UNIT_BYTES;

  private final TestMemorySource source = new TestMemorySource();
  private final ArenaStatistics statistics = new ArenaStatistics();
  private int grown;
  private ChunkStore store = ChunkStore.builder().build();

  /** Of a store that keeps nothing, and so has an arena keep nothing either. */
  private Chunks chunks(long maxBytes) {
    return chunks(maxBytes, 0);
  }

  private Chunks retainingChunks(long maxBytes) {
    return chunks(maxBytes, ChunkStore.DEFAULT_DECAY_MILLIS);
  }

  private Chunks chunks(long maxBytes, long decayMillis) {
    store =
        ChunkStore.builder()
            .source(source)
            .budget(MemoryBudget.of("chunks", maxBytes))
            .decayMillis(decayMillis)
            .build();
    return new Chunks(store.openAccount("test", 0), statistics, () -> grown++);
  }

  @Test
  void take_smallAndLargerArena_areSmallAndUsual() {
    Chunks chunks = chunks(1_000 * UNIT);
    assertThat(chunks.bytes(chunks.take(1))).isEqualTo(UNIT);
    assertThat(chunks.bytes(chunks.take(UNIT))).isEqualTo(UNIT);
    assertThat(chunks.bytes(chunks.take(UNIT + 1))).isEqualTo(2 * UNIT);
    while (statistics.reservedBytes() < Chunks.SMALL_ARENA_BYTES) {
      assertThat(chunks.bytes(chunks.take(1))).isEqualTo(UNIT);
    }
    int usual = chunks.take(1);
    assertThat(chunks.bytes(usual)).isEqualTo(4 * UNIT);
    assertThat(chunks.bytes(chunks.take(4 * UNIT + 1))).isEqualTo(5 * UNIT);
    assertThat(grown).isEqualTo(statistics.chunks());
    for (int slot = usual; slot >= 0; slot--) {
      chunks.giveBack(slot, 0);
    }
    assertThat(chunks.bytes(chunks.take(UNIT))).isEqualTo(UNIT); // a small one again
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
    assertThat(statistics.reservedBytes()).isEqualTo(3 * UNIT);
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
    assertThat(statistics.reservedBytes()).isEqualTo(UNIT);
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

  // The spare chunk.

  @Test
  void keepAsSpare_emptyChunk_isSpareUntilABlockIsAllocated() {
    Chunks chunks = retainingChunks(100 * UNIT);
    Strategy keeper = new BumpFreeList(chunks);
    int slot = chunks.take(1);
    assertThat(chunks.spareOf(keeper)).isNotEqualTo(slot);
    assertThat(chunks.spareOf(new BumpFreeList(chunks))).isEqualTo(Chunks.NO_CHUNK); // another's
    assertThat(chunks.keepAsSpare(slot, keeper)).isTrue();
    assertThat(chunks.spareOf(keeper)).isEqualTo(slot);
    assertThat(chunks.spareOf(keeper)).isNotEqualTo(slot + 1);

    chunks.blockAllocated(slot, 16);
    assertThat(chunks.spareOf(keeper)).isNotEqualTo(slot);
    chunks.blockFreed(slot, 16);
    assertThat(chunks.keepAsSpare(slot, keeper)).isTrue(); // it may stay as often as it gets empty
    assertThat(chunks.spareOf(keeper)).isEqualTo(slot);
  }

  @Test
  void keepAsSpare_anotherIsEmptySpare_isRefused() {
    Chunks chunks = retainingChunks(100 * UNIT);
    Strategy keeper = new BumpFreeList(chunks);
    int first = chunks.take(1);
    int second = chunks.take(1);
    chunks.keepAsSpare(first, keeper);
    assertThat(chunks.keepAsSpare(second, keeper)).isFalse();
    assertThat(chunks.spareOf(keeper)).isEqualTo(first);
    assertThat(chunks.spareOf(keeper)).isNotEqualTo(second);

    chunks.blockAllocated(first, 16);
    assertThat(chunks.keepAsSpare(second, keeper)).isTrue(); // the first is in use again
    assertThat(chunks.spareOf(keeper)).isEqualTo(second);
    chunks.blockFreed(first, 16);
    assertThat(chunks.spareOf(keeper)).isNotEqualTo(first);
    assertThat(chunks.keepAsSpare(first, keeper)).isFalse();
  }

  @Test
  void keepAsSpare_nothingIsToBeKept_isRefused() {
    Chunks chunks = chunks(100 * UNIT);
    assertThat(chunks.keepAsSpare(chunks.take(1), new BumpFreeList(chunks))).isFalse();
  }

  @Test
  void keepAsSpare_chunkLargerThanUsual_isRefused() {
    Chunks chunks = retainingChunks(100 * UNIT);
    Strategy keeper = new BumpFreeList(chunks);
    assertThat(chunks.keepAsSpare(chunks.take(Chunks.CHUNK_BYTES + 1), keeper)).isFalse();
    assertThat(chunks.keepAsSpare(chunks.take(Chunks.CHUNK_BYTES), keeper)).isTrue();
  }

  @Test
  void keepAsSpare_budgetUnderPressure_isRefused() {
    Chunks chunks = retainingChunks(10 * UNIT);
    Strategy keeper = new BumpFreeList(chunks);
    int slot = chunks.take(1);
    int large = chunks.take(9 * UNIT);
    assertThat(chunks.keepAsSpare(slot, keeper)).isFalse();
    chunks.giveBack(large, 0);
    store.trim();
    assertThat(chunks.keepAsSpare(slot, keeper)).isTrue();
  }

  @Test
  void giveBack_spare_isForgotten() {
    Chunks chunks = retainingChunks(100 * UNIT);
    Strategy keeper = new BumpFreeList(chunks);
    int spare = chunks.take(1);
    int other = chunks.take(1);
    chunks.keepAsSpare(spare, keeper);
    chunks.giveBack(other, 0);
    assertThat(chunks.spareOf(keeper)).isEqualTo(spare);
    chunks.giveBack(spare, 0);
    assertThat(chunks.spareOf(keeper)).isNotEqualTo(spare);

    // Another chunk in its slot is no spare just because that one was.
    assertThat(chunks.take(1)).isEqualTo(spare);
    assertThat(chunks.spareOf(keeper)).isNotEqualTo(spare);
    assertThat(chunks.keepAsSpare(chunks.take(1), keeper)).isTrue();
  }

  @Test
  void clear_spare_isForgotten() {
    Chunks chunks = retainingChunks(100 * UNIT);
    Strategy keeper = new BumpFreeList(chunks);
    int spare = chunks.take(1);
    chunks.keepAsSpare(spare, keeper);
    chunks.clear();
    assertThat(chunks.take(1)).isEqualTo(spare);
    assertThat(chunks.spareOf(keeper)).isNotEqualTo(spare);
  }

  @Test
  void holds_chunkGivenBackWithEntriesLeft_isFalseForItAlone() {
    Chunks chunks = chunks(100 * UNIT);
    int given = chunks.take(1);
    int held = chunks.take(1);
    chunks.giveBack(given, 1);
    assertThat(chunks.holds(given)).isFalse();
    assertThat(chunks.holds(held)).isTrue();
    chunks.dropStaleEntry(given);
    assertThat(chunks.take(1)).isEqualTo(given);
    assertThat(chunks.holds(given)).isTrue();
  }

  @Test
  void isTrimmed_reservedAtTheTarget_isTrue() {
    Chunks chunks = chunks(100 * UNIT);
    int first = chunks.take(1);
    assertThat(chunks.isTrimmed()).isFalse();
    chunks.trimTargetBytes = UNIT;
    assertThat(chunks.isTrimmed()).isTrue();
    chunks.trimTargetBytes = UNIT - 1;
    assertThat(chunks.isTrimmed()).isFalse();
    chunks.giveBack(first, 0);
    assertThat(chunks.isTrimmed()).isTrue();
  }

  @Test
  void take_everyNameInUse_answersNoChunk() {
    ByteBuffer memory = ByteBuffer.allocateDirect(4 * UNIT + 16).alignedSlice(16);
    ChunkStore store =
        ChunkStore.builder()
            .source(new SharedMemory(memory.slice(0, 4 * UNIT)))
            .budget(MemoryBudget.unlimited("names"))
            .decayMillis(0)
            .build();
    Chunks chunks = new Chunks(store.openAccount("test", 0), statistics, () -> {});
    for (int slot = 0; slot < Blocks.MAX_CHUNKS; slot++) {
      if (chunks.take(4 * UNIT) != slot) {
        throw new AssertionError("not served: " + slot);
      }
    }
    assertThat(chunks.take(4 * UNIT)).isEqualTo(Chunks.NO_CHUNK);
    chunks.giveBack(7, 0);
    assertThat(chunks.take(4 * UNIT)).isEqualTo(7);
  }

  /** The same memory for everybody, which is enough where nobody writes. */
  private record SharedMemory(ByteBuffer buffer) implements MemorySource, MemorySource.Memory {
    @Override
    public Memory allocate(int bytes) {
      return this;
    }

    @Override
    public String name() {
      return "shared";
    }

    @Override
    public long address() {
      return 0;
    }

    @Override
    public void release() {
      // It is needed as long as the test runs.
    }
  }

  @Test
  void everySlotInUse_walksStopAtTheLast() {
    Chunks chunks = chunks(100 * UNIT);
    for (int slot = 0; slot < 4; slot++) { // as many as there is room for at first
      chunks.take(1);
    }
    chunks.noteTime(System.nanoTime());
    assertThat(chunks.slots()).isEqualTo(4);
    assertThat(chunks.isHeld(3)).isTrue();
    assertThat(chunks.isHeld(4)).isFalse();
  }

  @Test
  void clear_liveBlocksAndStaleEntries_startsOver() {
    Chunks chunks = chunks(1_000 * UNIT);
    for (int i = 0; i < 9; i++) {
      chunks.blockAllocated(chunks.take(1), 160);
    }
    chunks.blockFreed(3, 160);
    chunks.giveBack(3, 5);
    assertThat(statistics.pinnedBytes()).isEqualTo(statistics.reservedBytes());
    chunks.clear();

    assertThat(statistics.usedBytes()).isZero();
    assertThat(statistics.reservedBytes()).isZero();
    assertThat(statistics.pinnedBytes()).isZero();
    assertThat(statistics.chunks()).isZero();
    assertThat(statistics.chunkReleases()).isEqualTo(9);
    assertThat(source.pieces()).isZero();
    assertThat(chunks.take(1)).isZero();
    assertThat(chunks.usedBytes(0)).isZero();
    assertThat(chunks.slots()).isEqualTo(1);
  }
}
