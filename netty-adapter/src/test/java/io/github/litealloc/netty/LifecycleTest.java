package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Event loops that end and allocators that are closed while buffers are out. */
final class LifecycleTest {

  private static final String STRATEGIES = "io.github.litealloc.netty.TestAllocators#strategies";

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void release_afterTheLoopEnded_freesItsMemoryWithTheLastBuffer(String strategy) throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting(strategy);
    List<ByteBuf> buffers = new ArrayList<>();
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            for (int i = 0; i < 100; i++) {
              buffers.add(allocator.directBuffer(10_000).writeLong(i).setByte(9_999, i));
            }
          });
    }
    assertThat(allocator.metric().arenas()).singleElement().matches(ArenaMetric::orphaned);
    for (int i = 0; i < 100; i++) {
      ByteBuf buffer = buffers.get(i);
      assertThat(buffer.getLong(0)).isEqualTo(i);
      assertThat(buffer.getByte(9_999)).isEqualTo((byte) i);
      buffer.release();
    }
    assertThat(allocator.metric().arenas()).isEmpty();
    assertThat(allocator.metric().closedArenas().frees()).isEqualTo(100);
    allocator.close();
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void close_withBuffersOut_keepsThemValidAndServesFurtherRequestsByFallback(String strategy)
      throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting(strategy);
    try (TestLoop loop = new TestLoop()) {
      ByteBuf buffer = loop.call(() -> allocator.directBuffer(5_000).writeInt(42));
      allocator.close();
      ByteBuf late = loop.call(() -> allocator.directBuffer(100));
      assertThat(TestAllocators.innermost(late)).isNotInstanceOf(LiteByteBuf.class);
      assertThat(allocator.metric().fallbacks(FallbackReason.CLOSED)).isEqualTo(1);
      late.release();

      assertThat(buffer.readInt()).isEqualTo(42);
      assertThat(allocator.metric().liveBuffers()).isEqualTo(1);
      loop.call(buffer::release);
      assertThat(allocator.metric().arenas()).isEmpty();
      eventually(() -> allocator.metric().budget().reservedBytes() == 0, allocator::metric);
    }
  }

  @Test
  void loops_startedAndEndedInTurn_leaveNothingBehind() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    int loops = 300;
    for (int i = 0; i < loops; i++) {
      try (TestLoop loop = new TestLoop()) {
        ByteBuf buffer = loop.call(() -> allocator.directBuffer(1_000));
        if (i % 2 == 0) {
          buffer.release(); // remotely, while the loop still runs
        } else {
          loop.call(buffer::release);
        }
      }
    }
    assertThat(allocator.metric().arenas()).isEmpty();
    assertThat(allocator.metric().closedArenas().arenas()).isEqualTo(loops);
    assertThat(allocator.metric().closedArenas().frees()).isEqualTo(loops);
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }

  @Test
  void loop_afterABurstAndThenSilence_holdsAlmostNothing() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            List<ByteBuf> burst = new ArrayList<>();
            for (int i = 0; i < 8_192; i++) {
              burst.add(allocator.directBuffer(8 * 1024));
            }
            assertThat(allocator.metric().usedDirectMemory()).isGreaterThan(64L << 20);
            burst.forEach(ByteBuf::release);
          });
      eventually(
          () -> allocator.metric().budget().reservedBytes() <= 256 * 1024, allocator::metric);
    }
  }

  @Test
  void loop_afterItsFirstRequest_holdsOneSmallChunk() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    try (TestLoop loop = new TestLoop()) {
      loop.run(() -> allocator.directBuffer(256).release());
      assertThat(allocator.metric().budget().reservedBytes()).isEqualTo(64 * 1024);
    }
  }
}
