package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A buffer whose capacity changes on a thread that does not own its arena. */
final class OffOwnerGrowthTest {

  @ParameterizedTest
  @MethodSource("io.github.litealloc.netty.TestAllocators#strategies")
  void capacity_grownOnAnotherThread_keepsContentsAndFreesTheBlock(String strategy)
      throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting(strategy);
    try (TestLoop loop = new TestLoop()) {
      ByteBuf buffer = loop.call(() -> allocator.directBuffer(100).writeLong(42));

      buffer.writeBytes(new byte[50_000]).writeLong(43); // on this thread
      assertThat(buffer.getLong(0)).isEqualTo(42);
      assertThat(buffer.getLong(50_008)).isEqualTo(43);
      loop.run(allocator::trimOnThisThread);
      assertThat(allocator.metric().liveBuffers()).isZero();

      loop.run(() -> buffer.capacity(60_000).writeByte(1)); // back on the owner
      assertThat(buffer.getLong(50_008)).isEqualTo(43);
      boolean released = loop.call(() -> buffer.release());
      assertThat(released).isTrue();
      assertThat(buffer.refCnt()).isZero();
      loop.run(
          () -> {
            ByteBuf next = allocator.directBuffer(10);
            assertThat(next.internalNioBuffer(0, 10).remaining()).isEqualTo(10);
            next.release();
          });
      assertThat(allocator.metric().usedBytes()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.litealloc.netty.TestAllocators#strategies")
  void capacity_shrunkOnAnotherThread_staysInItsBlock(String strategy) throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting(strategy);
    try (TestLoop loop = new TestLoop()) {
      ByteBuf buffer = loop.call(() -> allocator.directBuffer(10_000).writeZero(10_000));
      buffer.capacity(10);
      assertThat(buffer.writerIndex()).isEqualTo(10);
      assertThat(buffer.capacity()).isEqualTo(10);
      loop.run(() -> buffer.capacity(20_000).writeByte(1));
      boolean released = loop.call(() -> buffer.release());
      assertThat(released).isTrue();
      assertThat(allocator.metric().usedBytes()).isZero();
      assertThat(allocator.metric().requestedBytes()).isZero();
    }
  }
}
