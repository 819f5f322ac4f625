package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.FaultyStrategy;
import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A strategy that fails where more is under way than the call that fails. */
final class FaultyStrategyTest {

  private static final int BUDGET_BYTES = 4 << 20;

  private final MemoryBudget budget = MemoryBudget.of("faulty", BUDGET_BYTES);

  private LiteByteBufAllocator allocator(FaultyStrategy.Factory factory) {
    return LiteByteBufAllocator.builder().strategy(factory).budget(budget).decayMillis(0).build();
  }

  private static void releaseAll(List<ByteBuf> buffers) {
    for (ByteBuf buffer : buffers) {
      try {
        buffer.release();
      } catch (IllegalArgumentException e) {
        // By the strategy: told to whoever happens to release.
      }
      assertThat(buffer.refCnt()).isZero();
    }
  }

  private void assertNothingIsLeft(LiteByteBufAllocator allocator) throws InterruptedException {
    assertThat(allocator.metric().liveBuffers()).isZero();
    assertThat(allocator.closeAsync().await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(allocator.metric().arenas()).isEmpty();
    assertThat(budget.reservedBytes()).isZero();
    assertThat(budget.promisedBytes()).isZero();
  }

  /** The cache is full, is emptied for what is released now, and that fails. */
  @Test
  void release_flushOfTheCacheFails_losesNoBuffer() throws Exception {
    for (int failing = 1; failing <= 150; failing++) {
      FaultyStrategy.Factory factory = new FaultyStrategy.Factory(true);
      LiteByteBufAllocator allocator = allocator(factory);
      int nth = failing;
      try (TestLoop loop = new TestLoop()) {
        loop.run(
            () -> {
              List<ByteBuf> buffers = new ArrayList<>();
              for (int i = 0; i < 150; i++) {
                buffers.add(allocator.directBuffer(1_024));
              }
              releaseAll(buffers.subList(0, nth - 1));
              factory.failNext();
              releaseAll(buffers.subList(nth - 1, buffers.size()));
            });
      }
      assertNothingIsLeft(allocator);
    }
  }

  /** What is called when a suspect arena gives back its chunks asks for a buffer. */
  @Test
  void directBuffer_whileASuspectArenaGivesBackItsChunks_isRefusedAndLosesNoArena()
      throws Exception {
    FaultyStrategy.Factory factory = new FaultyStrategy.Factory(false);
    LiteByteBufAllocator allocator = allocator(factory);
    budget.addPressureListener(
        task -> {
          if (allocator.metric().arenas().size() > 0) {
            allocator.directBuffer(16).release();
          }
        },
        level -> {});
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            for (int round = 0; round < 6; round++) {
              List<ByteBuf> buffers = new ArrayList<>();
              while (budget.reservedBytes() < BUDGET_BYTES / 100 * 85) {
                buffers.add(allocator.directBuffer(200 * 1_024));
              }
              factory.failNext();
              releaseAll(buffers);
              allocator.directBuffer(16).release();
              assertThat(allocator.metric().arenas()).hasSize(1);
            }
          });
    }
    assertNothingIsLeft(allocator);
  }
}
