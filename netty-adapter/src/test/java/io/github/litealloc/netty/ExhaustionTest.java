package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Running out of budget is a defined outcome, and costs no live buffer anything. */
final class ExhaustionTest {

  private static final String STRATEGIES = "io.github.litealloc.netty.TestAllocators#strategies";
  private static final long MAX_BYTES = 1 << 20;

  private static LiteByteBufAllocator allocator(String strategy, ExhaustionPolicy policy) {
    return LiteByteBufAllocator.builder()
        .name("small")
        .strategy(strategy)
        .maxBytes(MAX_BYTES)
        .whenExhausted(policy)
        .fallback(new UnpooledByteBufAllocator(true))
        .build();
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void directBuffer_whenExhaustedAndThrowing_explainsAndRecovers(String strategy) throws Exception {
    LiteByteBufAllocator allocator = allocator(strategy, ExhaustionPolicy.THROW);
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            List<ByteBuf> buffers = new ArrayList<>();
            assertThatThrownBy(
                    () -> {
                      while (true) {
                        buffers.add(allocator.directBuffer(10_000).writeLong(buffers.size()));
                      }
                    })
                .isInstanceOf(OutOfMemoryError.class)
                .hasMessageContaining("direct memory")
                .hasMessageContaining("10000 byte")
                .hasMessageContaining("'small")
                .hasMessageContaining(strategy)
                .hasMessageContaining("refused by the budget; live: ")
                .hasMessageContaining("ceiling: " + MAX_BYTES);
            assertThat(buffers).hasSizeGreaterThan(50);
            assertThat(allocator.metric().budget().reservedBytes()).isLessThanOrEqualTo(MAX_BYTES);
            assertThat(allocator.metric().failures()).isEqualTo(1);
            for (int i = 0; i < buffers.size(); i++) {
              assertThat(buffers.get(i).getLong(0)).isEqualTo(i);
            }
            buffers.forEach(ByteBuf::release);
            assertThat(allocator.metric().usedBytes()).isZero();
            allocator.directBuffer(10_000).release();
          });
    }
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void directBuffer_whenExhaustedAndFallingBack_isServedOutsideTheBudget(String strategy)
      throws Exception {
    LiteByteBufAllocator allocator = allocator(strategy, ExhaustionPolicy.FALLBACK);
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            List<ByteBuf> buffers = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
              buffers.add(allocator.directBuffer(10_000).writeLong(i));
            }
            assertThat(allocator.metric().fallbacks(FallbackReason.EXHAUSTED)).isPositive();
            assertThat(allocator.metric().budget().reservedBytes()).isLessThanOrEqualTo(MAX_BYTES);
            for (int i = 0; i < buffers.size(); i++) {
              assertThat(buffers.get(i).getLong(0)).isEqualTo(i);
              buffers.get(i).release();
            }
            assertThat(allocator.metric().usedBytes()).isZero();
          });
    }
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void writeBytes_whenItCannotGrowAndThrows_leavesTheBufferAsItWas(String strategy)
      throws Exception {
    LiteByteBufAllocator allocator = allocator(strategy, ExhaustionPolicy.THROW);
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            ByteBuf buffer = allocator.directBuffer(1_000).writeInt(42);
            assertThatThrownBy(() -> buffer.writeBytes(new byte[2 << 20]))
                .isInstanceOf(DirectMemoryExhaustedError.class);
            assertThat(buffer.capacity()).isEqualTo(1_000);
            assertThat(buffer.writerIndex()).isEqualTo(4);
            assertThat(buffer.getInt(0)).isEqualTo(42);
            assertThat(buffer.writeBytes(new byte[500]).readableBytes()).isEqualTo(504);
            assertThat(buffer.release()).isTrue();
            assertThat(allocator.metric().usedBytes()).isZero();
          });
    }
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void writeBytes_whenItCannotGrowAndFallsBack_movesWithItsContents(String strategy)
      throws Exception {
    LiteByteBufAllocator allocator = allocator(strategy, ExhaustionPolicy.FALLBACK);
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            ByteBuf buffer = allocator.directBuffer(1_000).writeInt(42);
            buffer.writeBytes(new byte[2 << 20]).writeInt(43);
            assertThat(buffer.readInt()).isEqualTo(42);
            assertThat(buffer.skipBytes(2 << 20).readInt()).isEqualTo(43);
            assertThat(buffer.alloc()).isSameAs(allocator);
            assertThat(allocator.metric().usedBytes()).isZero();
            assertThat(buffer.capacity(5).getInt(0)).isEqualTo(42);
            assertThat(buffer.release()).isTrue();
            assertThat(allocator.directBuffer(16).release()).isTrue();
          });
    }
  }
}
