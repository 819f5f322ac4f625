package io.github.litealloc.netty.matrix;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.ArenaFigure;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.netty.FallbackReason;
import io.github.litealloc.netty.LiteAllocatorMetric;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * An allocator, and the checks that everything taken from it and from those behind it came back.
 */
final class CheckedMemory implements AutoCloseable {

  private final Leaks leaks = new Leaks();
  private final UnpooledByteBufAllocator heap = new UnpooledByteBufAllocator(false);
  private final UnpooledByteBufAllocator fallback = new UnpooledByteBufAllocator(true);
  private final LiteByteBufAllocator allocator;
  private boolean usedOffLoop;

  CheckedMemory(String strategy) {
    allocator =
        LiteByteBufAllocator.builder()
            .name("matrix")
            .strategy(strategy)
            .budget(MemoryBudget.unlimited("matrix"))
            .heapAllocator(heap)
            .fallback(fallback)
            .build();
  }

  LiteByteBufAllocator allocator() {
    return allocator;
  }

  /** Says that threads which are no event loops allocate too, and so get the fallback's buffers. */
  void expectUseOffLoop() {
    usedOffLoop = true;
  }

  /** Waits until no buffer is live, heap and fallback buffers included. The loops must be alive. */
  void checkReturned() {
    LiteAllocatorMetric metric = allocator.metric();
    waitUntil(
        () ->
            metric.usedBytes() == 0
                && metric.liveBuffers() == 0
                && heap.metric().usedHeapMemory() == 0
                && fallback.metric().usedDirectMemory() == 0,
        () -> metric + ", heap: " + heap.metric() + ", fallback: " + fallback.metric());
    assertThat(metric.requestedBytes()).isZero();
  }

  private static void waitUntil(BooleanSupplier condition, Supplier<?> state) {
    try {
      eventually(condition, state);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while waiting: " + state.get(), e);
    }
  }

  /** Makes the last checks. The loops must have ended. */
  @Override
  public void close() {
    try {
      LiteAllocatorMetric metric = allocator.metric();
      allocator.close();
      waitUntil(
          () -> metric.budget().reservedBytes() == metric.budget().uncollectedBytes(),
          () -> metric);
      assertThat(metric.closedArenas().get(ArenaFigure.ALLOCATIONS))
          .as("buffers from arenas")
          .isPositive();
      for (FallbackReason reason : FallbackReason.values()) {
        boolean mayBeUsed =
            reason == FallbackReason.HEAP || reason == FallbackReason.OFF_LOOP && usedOffLoop;
        if (!mayBeUsed) {
          assertThat(metric.fallbacks(reason)).as("fallbacks: %s", reason).isZero();
        }
      }
      assertThat(metric.failures()).as("failures").isZero();
      leaks.checkNone();
    } finally {
      leaks.close();
    }
  }
}
