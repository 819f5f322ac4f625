package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.testing.TestMemorySource;
import org.junit.jupiter.api.Test;

/** What the list does with room that it does not need. */
final class SizedBlockStackTest {

  private final Chunks chunks =
      new Chunks(
          ChunkStore.builder()
              .source(new TestMemorySource())
              .budget(MemoryBudget.unlimited("list"))
              .decayMillis(0)
              .build()
              .openAccount("test", 0),
          new ArenaStatistics(),
          () -> {});
  private final int first = chunks.take(1);
  private final int second = chunks.take(1);
  private final SizedBlockStack list = new SizedBlockStack(chunks);

  private void push(int slot, int count) {
    for (int i = 0; i < count; i++) {
      list.push(Blocks.block(slot, i * 64), 16 + i % 4 * 16);
    }
  }

  private long take(int bytes) {
    return list.take(bytes, bytes, 16, Integer.MAX_VALUE);
  }

  @Test
  void shrink_mostlyStale_dropsThemAndKeepsTheOthersInOrder() {
    push(second, 4);
    push(first, 1_000);
    push(second, 4);
    chunks.giveBack(first, 1_000);
    list.shrink(true);
    assertThat(list.size()).isEqualTo(8);
    assertThat(list.capacity()).isLessThanOrEqualTo(16);
    assertThat(chunks.take(1)).isEqualTo(first); // no entry names the slot any more
    for (int i = 3; i >= 0; i--) {
      assertThat(take(16 + i * 16)).isEqualTo(Blocks.block(second, i * 64));
      assertThat(take(16 + i * 16)).isEqualTo(Blocks.block(second, i * 64));
      assertThat(take(16 + i * 16)).isEqualTo(Blocks.NO_BLOCK);
    }
    push(second, 100);
    assertThat(list.size()).isEqualTo(100);
  }

  @Test
  void shrink_nothingStale_keepsAllAndTheRoomThatIsUsed() {
    push(first, 600);
    list.shrink(true);
    assertThat(list.size()).isEqualTo(600);
    assertThat(list.capacity()).isGreaterThanOrEqualTo(600);
  }
}
