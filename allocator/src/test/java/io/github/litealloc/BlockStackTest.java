package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.testing.TestMemorySource;
import org.junit.jupiter.api.Test;

/** What a bin does with entries of chunks that are no longer held. */
final class BlockStackTest {

  private final Chunks chunks =
      new Chunks(
          ChunkStore.builder()
              .source(new TestMemorySource())
              .budget(MemoryBudget.unlimited("bin"))
              .decayMillis(0)
              .build()
              .openAccount("test", 0),
          new ArenaStatistics(),
          () -> {});
  private final int first = chunks.take(1);
  private final int second = chunks.take(1);
  private final BlockStack bin = new BlockStack(chunks, 64);

  private void push(int slot, int count) {
    for (int i = 0; i < count; i++) {
      bin.push(Blocks.block(slot, i * 64));
    }
  }

  @Test
  void pop_staleOnTop_dropsThemAndTakesTheNext() {
    push(second, 1);
    push(first, 3);
    chunks.giveBack(first, 3);
    assertThat(bin.pop()).isEqualTo(Blocks.block(second, 0));
    assertThat(chunks.take(1)).isEqualTo(first); // no entry names the slot any more
    assertThat(bin.pop()).isEqualTo(Blocks.NO_BLOCK);
  }

  @Test
  void pop_onlyStale_dropsThemAll() {
    push(first, 3);
    chunks.giveBack(first, 3);
    assertThat(bin.pop()).isEqualTo(Blocks.NO_BLOCK);
    assertThat(chunks.take(1)).isEqualTo(first);
  }

  @Test
  void push_noRoom_dropsTheStaleFirst() {
    push(first, 16);
    chunks.giveBack(first, 16);
    push(second, 1);
    assertThat(chunks.take(1)).isEqualTo(first);
    assertThat(bin.pop()).isEqualTo(Blocks.block(second, 0));
    assertThat(bin.pop()).isEqualTo(Blocks.NO_BLOCK);
  }

  @Test
  void popAligned_inTheMiddleOfAFullBin_keepsTheOthersInOrder() {
    push(first, 16);
    assertThat(bin.popAligned(512, 16)).isEqualTo(Blocks.block(first, 8 * 64));
    for (int i = 15; i >= 0; i--) {
      if (i != 8) {
        assertThat(bin.pop()).isEqualTo(Blocks.block(first, i * 64));
      }
    }
    assertThat(bin.pop()).isEqualTo(Blocks.NO_BLOCK);
  }

  @Test
  void dropStale_mixed_keepsTheOthersInOrder() {
    push(second, 2);
    push(first, 2);
    bin.push(Blocks.block(second, 640));
    chunks.giveBack(first, 2);
    bin.dropStale();
    assertThat(chunks.take(1)).isEqualTo(first);
    assertThat(bin.pop()).isEqualTo(Blocks.block(second, 640));
    assertThat(bin.pop()).isEqualTo(Blocks.block(second, 64));
    assertThat(bin.pop()).isEqualTo(Blocks.block(second, 0));
    assertThat(bin.pop()).isEqualTo(Blocks.NO_BLOCK);
  }

  @Test
  void shrink_mostlyStale_dropsThemAndKeepsTheOthersInOrder() {
    push(first, 1_000);
    push(second, 10);
    chunks.giveBack(first, 1_000);
    bin.shrink(true);
    assertThat(bin.capacity()).isLessThanOrEqualTo(20);
    assertThat(chunks.take(1)).isEqualTo(first);
    for (int i = 9; i >= 0; i--) {
      assertThat(bin.pop()).isEqualTo(Blocks.block(second, i * 64));
    }
    assertThat(bin.pop()).isEqualTo(Blocks.NO_BLOCK);
    push(second, 100);
    assertThat(bin.pop()).isEqualTo(Blocks.block(second, 99 * 64));
  }

  @Test
  void shrink_mostlyUsed_keepsTheRoom() {
    push(first, 1_000);
    for (int i = 0; i < 700; i++) {
      bin.pop();
    }
    bin.shrink(true);
    assertThat(bin.capacity()).isGreaterThanOrEqualTo(1_000);
    assertThat(bin.pop()).isEqualTo(Blocks.block(first, 299 * 64));
  }

  @Test
  void shrink_emptyOnlyNow_keepsTheRoom() {
    for (int i = 0; i < 3; i++) {
      push(first, 1_000);
      while (!bin.isEmpty()) {
        bin.pop();
      }
      bin.shrink(false);
      assertThat(bin.capacity()).isEqualTo(1_024);
    }
  }

  @Test
  void shrink_lowSinceTheLastTime_halvesTheRoomEachTime() {
    push(first, 1_000);
    while (!bin.isEmpty()) {
      bin.pop();
    }
    push(second, 10);
    bin.shrink(false);
    bin.shrink(false);
    assertThat(bin.capacity()).isEqualTo(512);
    bin.shrink(false);
    assertThat(bin.capacity()).isEqualTo(256);
    assertThat(bin.pop()).isEqualTo(Blocks.block(second, 9 * 64));
  }

  @Test
  void visit_mixed_tellsOfThoseThatCanServe() {
    push(first, 2);
    push(second, 3);
    bin.pop();
    chunks.giveBack(first, 2);
    int[] told = {0};
    bin.visit(
        FreeWalk.toTheEnd(),
        (chunk, offset, bytes) -> {
          assertThat(chunk).isEqualTo(second);
          assertThat(bytes).isEqualTo(64);
          told[0]++;
        });
    assertThat(told[0]).isEqualTo(2);
  }
}
