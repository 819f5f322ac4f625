package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Event loops on one budget do not keep from each other what they do not use. */
final class SharedBudgetTest {

  private static final int CHUNK = 4 * ChunkStore.CHUNK_UNIT_BYTES;

  private static boolean isServed(LiteByteBufAllocator allocator, TestLoop loop, int bytes) {
    try {
      return loop.call(() -> allocator.directBuffer(bytes).release());
    } catch (OutOfMemoryError e) {
      return false;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** The busy loop serves itself from what it keeps, so only a task can reach its arena. */
  @ParameterizedTest
  @MethodSource("io.github.litealloc.netty.TestAllocators#strategies")
  void directBuffer_anotherBusyLoopHasAnEmptyChunk_getsIt(String strategy) throws Exception {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .strategy(strategy)
            .maxBytes(2 * CHUNK)
            .decayMillis(-1)
            .whenExhausted(ExhaustionPolicy.THROW)
            .build();
    try (TestLoop busy = new TestLoop();
        TestLoop wanting = new TestLoop()) {
      busy.run(
          () -> {
            ByteBuf small = allocator.directBuffer(200);
            allocator.directBuffer(200_000).release();
            small.release();
          });
      Future<?> traffic =
          busy.loop()
              .scheduleAtFixedRate(
                  () -> allocator.directBuffer(200).release(), 0, 1, TimeUnit.MILLISECONDS);
      eventually(() -> isServed(allocator, wanting, CHUNK + 100_000), allocator::metric);
      traffic.cancel(false);
    }
  }

  @Test
  void intervalMillis_anyDecay_isATenthOfItWithinBounds() {
    assertThat(TrimTimer.intervalMillis(-1)).isEqualTo(1_000); // nothing ever decays
    assertThat(TrimTimer.intervalMillis(0)).isEqualTo(100); // as soon as a timer may
    assertThat(TrimTimer.intervalMillis(1)).isEqualTo(100);
    assertThat(TrimTimer.intervalMillis(5_000)).isEqualTo(500);
    assertThat(TrimTimer.intervalMillis(Long.MAX_VALUE)).isEqualTo(1_000);
  }

  @Test
  void exhaustedError_refusedByTheSystem_doesNotAdviseAHigherCeiling() {
    assertThat(new DirectMemoryExhaustedError(refusedBy(Refusal.SYSTEM)))
        .hasMessageContaining("direct memory")
        .hasMessageContaining("refused by the system; live: 3, retained: 4, ceiling: 5")
        .hasMessageContaining("-XX:MaxDirectMemorySize")
        .hasMessageContaining("a higher maxBytes does not help");
    assertThat(new DirectMemoryExhaustedError(refusedBy(Refusal.BUDGET)))
        .hasMessageContaining("refused by the budget; live: 3, retained: 4, ceiling: 5")
        .hasMessageContaining("raise maxBytes");
  }

  private static Exhaustion refusedBy(Refusal refusal) {
    return new Exhaustion("gateway", "hybrid", "loop-1", 1, 2, 3, 4, 5, refusal);
  }
}
