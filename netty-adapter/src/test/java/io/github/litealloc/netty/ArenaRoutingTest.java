package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.ArenaFigure;
import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Which allocator serves which thread. */
final class ArenaRoutingTest {

  private static LiteByteBufAllocator allocator(OffLoopPolicy policy) {
    return LiteByteBufAllocator.builder()
        .budget(MemoryBudget.unlimited("test"))
        .fallback(new UnpooledByteBufAllocator(true))
        .offLoop(policy)
        .build();
  }

  @Test
  void directBuffer_onEventLoops_comesFromEachLoopsOwnArena() throws Exception {
    LiteByteBufAllocator allocator = allocator(OffLoopPolicy.FALLBACK);
    try (TestLoop first = new TestLoop();
        TestLoop second = new TestLoop()) {
      ByteBuf one = first.call(() -> allocator.directBuffer(100));
      ByteBuf other = second.call(() -> allocator.directBuffer(200));

      assertThat(TestAllocators.innermost(one)).isInstanceOf(LiteByteBuf.class);
      assertThat(TestAllocators.innermost(other)).isInstanceOf(LiteByteBuf.class);
      List<ArenaMetric> arenas = allocator.metric().arenas();
      assertThat(arenas).hasSize(2);
      assertThat(
              arenas.stream()
                  .map(a -> a.statistics().requestedBytes())
                  .collect(Collectors.toList()))
          .containsExactlyInAnyOrder(100L, 200L);
      assertThat(arenas.get(0).eventLoop()).isNotEqualTo(arenas.get(1).eventLoop());
      first.call(one::release);
      second.call(other::release);
    }
  }

  @Test
  void directBuffer_offLoop_comesFromTheFallbackAndIsCounted() {
    LiteByteBufAllocator allocator = allocator(OffLoopPolicy.FALLBACK);
    ByteBuf buffer = allocator.directBuffer(100);

    assertThat(TestAllocators.innermost(buffer)).isNotInstanceOf(LiteByteBuf.class);
    assertThat(buffer.isDirect()).isTrue();
    assertThat(allocator.metric().fallbacks(FallbackReason.OFF_LOOP)).isEqualTo(1);
    assertThat(allocator.metric().fallbackBytes(FallbackReason.OFF_LOOP)).isEqualTo(100);
    assertThat(allocator.metric().arenas()).isEmpty();
    buffer.release();
  }

  @Test
  void directBuffer_offLoopAndRejected_saysWhoAskedAndWhatIsAllowed() {
    LiteByteBufAllocator allocator = allocator(OffLoopPolicy.REJECT);
    assertThatThrownBy(() -> allocator.directBuffer(100))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(Thread.currentThread().getName())
        .hasMessageContaining("no event loop")
        .hasMessageContaining("expected: an event loop, or another OffLoopPolicy");
    assertThat(allocator.metric().failures()).isEqualTo(1);
  }

  @Test
  void directBuffer_offLoopAndAdopted_comesFromAnArenaThatGoesWithItsThread() throws Exception {
    LiteByteBufAllocator allocator = allocator(OffLoopPolicy.ADOPT);
    Thread thread = new Thread(() -> allocator.directBuffer(100).release(), "adopted");
    thread.start();
    thread.join();

    assertThat(allocator.metric().arenas()).hasSize(1);
    assertThat(allocator.metric().arenas().get(0).eventLoop()).isEqualTo("adopted");
    allocator.directBuffer(1).release(); // the next arena is made, and the dead one noticed
    assertThat(allocator.metric().arenas())
        .extracting(ArenaMetric::eventLoop)
        .containsExactly(Thread.currentThread().getName());
    assertThat(allocator.metric().closedArenas().get(ArenaFigure.ALLOCATIONS)).isEqualTo(1);
    allocator.close();
  }

  @Test
  void heapBuffer_anywhere_comesFromTheHeapDelegateAndIsCounted() throws Exception {
    LiteByteBufAllocator allocator = allocator(OffLoopPolicy.FALLBACK);
    try (TestLoop loop = new TestLoop()) {
      ByteBuf buffer = loop.call(() -> allocator.heapBuffer(100));
      assertThat(buffer.hasArray()).isTrue();
      assertThat(allocator.metric().fallbacks(FallbackReason.HEAP)).isEqualTo(1);
      buffer.release();
    }
  }

  @Test
  void alloc_ofArenaBuffers_isThisAllocatorAlsoWhenGrownOrDerived() throws Exception {
    LiteByteBufAllocator allocator = allocator(OffLoopPolicy.FALLBACK);
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            ByteBuf buffer = allocator.directBuffer(16);
            assertThat(buffer.alloc()).isSameAs(allocator);
            buffer.capacity(100_000);
            assertThat(buffer.alloc()).isSameAs(allocator);
            assertThat(buffer.slice(0, 1).alloc()).isSameAs(allocator);
            assertThat(buffer.duplicate().alloc()).isSameAs(allocator);
            ByteBuf copy = buffer.copy(0, 10);
            assertThat(copy.alloc()).isSameAs(allocator);
            copy.release();
            buffer.release();
          });
      assertThat(allocator.metric().usedBytes()).isZero();
    }
  }

  @Test
  void name_ofASecondAllocator_isMadeDifferentUntilTheFirstIsClosed() {
    LiteByteBufAllocator first = LiteByteBufAllocator.builder().name("twice").build();
    LiteByteBufAllocator second = LiteByteBufAllocator.builder().name("twice").build();
    assertThat(first.name()).isEqualTo("twice");
    assertThat(second.name()).isEqualTo("twice-2");
    first.close();
    LiteByteBufAllocator third = LiteByteBufAllocator.builder().name("twice").build();
    assertThat(third.name()).isEqualTo("twice");
    second.close();
    third.close();
  }

  @Test
  void isDirectBufferPooled_always_isTrueSoThatTransportsDoNotCopy() {
    assertThat(allocator(OffLoopPolicy.FALLBACK).isDirectBufferPooled()).isTrue();
  }
}
