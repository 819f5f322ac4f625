package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.memory.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** An application's own answer to a request that the budget refuses. */
final class ExhaustionHandlerTest {

  private static final int MAX_BYTES = 1 << 20;
  private static final int TOO_MUCH = 2 << 20;

  private final UnpooledByteBufAllocator reserve = new UnpooledByteBufAllocator(true);

  private static LiteByteBufAllocator allocator(ExhaustionHandler handler) {
    return LiteByteBufAllocator.builder()
        .name("handled")
        .maxBytes(MAX_BYTES)
        .whenExhausted(handler)
        .build();
  }

  private ByteBuf fromReserve(Exhaustion request) {
    return reserve.directBuffer(request.requestedBytes(), request.maxCapacity());
  }

  @Test
  void directBuffer_whenExhausted_asksTheHandlerWithTheFigures() throws Exception {
    List<Exhaustion> requests = new ArrayList<>();
    LiteByteBufAllocator allocator =
        allocator(
            request -> {
              requests.add(request);
              return fromReserve(request);
            });
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            ByteBuf live = allocator.directBuffer(10_000);
            ByteBuf buffer = allocator.directBuffer(TOO_MUCH, TOO_MUCH + 1);
            assertThat(buffer.capacity()).isEqualTo(TOO_MUCH);
            assertThat(requests)
                .containsExactly(
                    new Exhaustion(
                        allocator.name(),
                        "hybrid",
                        Thread.currentThread().getName(),
                        TOO_MUCH,
                        TOO_MUCH + 1,
                        allocator.metric().usedBytes(),
                        allocator.metric().budget().reservedBytes(),
                        MAX_BYTES,
                        Refusal.BUDGET));
            assertThat(requests.get(0).usedBytes()).isGreaterThanOrEqualTo(10_000);
            buffer.release();
            live.release();
          });
    }
    assertThat(reserve.metric().usedDirectMemory()).isZero();
    assertThat(allocator.metric().failures()).isZero();
  }

  @Test
  void directBuffer_whenTheHandlerRefuses_throwsAllTheFigures() throws Exception {
    LiteByteBufAllocator allocator =
        allocator(
            request -> {
              throw new DirectMemoryExhaustedError(request);
            });
    try (TestLoop loop = new TestLoop()) {
      String thread = loop.call(() -> Thread.currentThread().getName());
      loop.run(
          () ->
              assertThatThrownBy(() -> allocator.directBuffer(TOO_MUCH))
                  .isInstanceOf(OutOfMemoryError.class)
                  .hasMessageContaining(TOO_MUCH + " byte(s) of direct memory")
                  .hasMessageContaining("strategy: hybrid")
                  .hasMessageContaining("loop: " + thread)
                  .hasMessageContaining("live: 0")
                  .hasMessageContaining("retained: 0")
                  .hasMessageContaining("ceiling: " + MAX_BYTES));
    }
    assertThat(allocator.metric().failures()).isEqualTo(1);
  }

  @Test
  void writeBytes_whenTheHandlerThrowsWhatItLikes_leavesTheBufferAsItWas() throws Exception {
    LiteByteBufAllocator allocator =
        allocator(
            request -> {
              throw new UnsupportedOperationException("thrown by a test");
            });
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            ByteBuf buffer = allocator.directBuffer(1_000).writeLong(42).skipBytes(3).retain();
            assertThatThrownBy(() -> buffer.writeBytes(new byte[TOO_MUCH]))
                .isInstanceOf(UnsupportedOperationException.class);
            assertThat(buffer.getLong(0)).isEqualTo(42);
            assertThat(buffer.readerIndex()).isEqualTo(3);
            assertThat(buffer.writerIndex()).isEqualTo(8);
            assertThat(buffer.capacity()).isEqualTo(1_000);
            assertThat(buffer.refCnt()).isEqualTo(2);
            assertThat(buffer.release(2)).isTrue();
            assertThat(allocator.metric().usedBytes()).isZero();
          });
    }
  }

  @Test
  void writeBytes_whenTheHandlerServes_movesThereWithItsContents() throws Exception {
    LiteByteBufAllocator allocator = allocator(this::fromReserve);
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            ByteBuf buffer = allocator.directBuffer(1_000).writeLong(42);
            buffer.writeBytes(new byte[TOO_MUCH]).writeLong(43);
            assertThat(buffer.readLong()).isEqualTo(42);
            assertThat(buffer.skipBytes(TOO_MUCH).readLong()).isEqualTo(43);
            assertThat(buffer.release()).isTrue();
          });
    }
    assertThat(reserve.metric().usedDirectMemory()).isZero();
  }

  @Test
  void directBuffer_whenTheHandlerReturnsSomethingElse_isRefusedAndThatReleased() throws Exception {
    AtomicReference<ByteBuf> answer = new AtomicReference<>();
    LiteByteBufAllocator allocator = allocator(request -> answer.get());
    List<ByteBuf> wrong = new ArrayList<>();
    wrong.add(null);
    wrong.add(reserve.heapBuffer(TOO_MUCH));
    wrong.add(reserve.directBuffer(TOO_MUCH - 1));
    wrong.add(reserve.directBuffer(TOO_MUCH, TOO_MUCH));
    try (TestLoop loop = new TestLoop()) {
      for (ByteBuf buffer : wrong) {
        answer.set(buffer);
        loop.run(
            () ->
                assertThatThrownBy(() -> allocator.directBuffer(TOO_MUCH))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("a direct buffer of capacity " + TOO_MUCH));
        assertThat(buffer == null || buffer.refCnt() == 0).isTrue();
      }
    }
  }

  @Test
  void directBuffer_whenTheHandlerAsksTheSameAllocator_endsWithAnError() throws Exception {
    AtomicReference<LiteByteBufAllocator> self = new AtomicReference<>();
    LiteByteBufAllocator allocator =
        allocator(
            request -> self.get().directBuffer(request.requestedBytes(), request.maxCapacity()));
    self.set(allocator);
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () ->
              assertThatThrownBy(() -> allocator.directBuffer(TOO_MUCH))
                  .isInstanceOf(DirectMemoryExhaustedError.class));
    }
  }

  @Test
  void directBuffer_whenOtherThreadsHaveReleasedEnough_isServedByTheArena() throws Exception {
    LiteByteBufAllocator allocator =
        allocator(
            request -> {
              throw new DirectMemoryExhaustedError(request);
            });
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            ByteBuf large = allocator.directBuffer(600_000);
            ByteBuf small = allocator.directBuffer(1_000);
            Thread other = new Thread(large::release);
            other.start();
            other.join();
            ByteBuf next = allocator.directBuffer(700_000);
            assertThat(TestAllocators.innermost(next)).isInstanceOf(LiteByteBuf.class);
            next.release();
            small.release();
          });
    }
  }
}
