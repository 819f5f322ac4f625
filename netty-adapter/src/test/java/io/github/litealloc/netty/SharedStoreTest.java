package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Two allocators, of different strategies, on one store and one budget. */
final class SharedStoreTest {

  private static LiteByteBufAllocator first() {
    return TestAllocators.builder("hybrid").decayMillis(-1).build();
  }

  private static LiteByteBufAllocator sharing(LiteByteBufAllocator other) {
    return LiteByteBufAllocator.builder()
        .strategy("free-list")
        .offLoop(OffLoopPolicy.ADOPT)
        .sharing(other)
        .build();
  }

  @Test
  void sharing_otherAllocator_usesItsBudgetAndWhatItNoLongerNeeds() {
    LiteByteBufAllocator first = first();
    LiteByteBufAllocator second = sharing(first);
    MemoryBudget budget = first.metric().budget();
    assertThat(second.metric().budget()).isSameAs(budget);
    first.directBuffer(5 << 20).release();
    long reserved = budget.reservedBytes();
    assertThat(reserved).isGreaterThanOrEqualTo(5 << 20);
    ByteBuf buffer = second.directBuffer(5 << 20);
    assertThat(budget.reservedBytes()).isEqualTo(reserved);
    buffer.release();
    second.close();
    first.close();
    assertThat(budget.reservedBytes()).isZero();
  }

  @Test
  void close_ofOneOfTwo_leavesTheOthersStoreAsItWas() {
    LiteByteBufAllocator first = first();
    LiteByteBufAllocator second = sharing(first);
    first.close();
    first.close();
    second.directBuffer(5 << 20).release();
    assertThat(second.metric().budget().reservedBytes()).isGreaterThanOrEqualTo(5 << 20);
    second.close();
    assertThat(second.metric().budget().reservedBytes()).isZero();
  }

  @Test
  void build_sharingAndAnotherBudgetOrDecay_isRefused() {
    LiteByteBufAllocator first = first();
    assertThatThrownBy(
            () -> LiteByteBufAllocator.builder().maxBytes(1 << 20).sharing(first).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(first.name())
        .hasMessageContaining("maxBytes");
    assertThatThrownBy(() -> LiteByteBufAllocator.builder().sharing(first).decayMillis(5).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("decayMillis");
    first.close();
    assertThatThrownBy(() -> sharing(first))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void channelsOfOneBootstrap_withTwoAllocators_areEachServedByTheirOwn() throws Exception {
    LiteByteBufAllocator first = first();
    LiteByteBufAllocator second = sharing(first);
    AtomicInteger accepted = new AtomicInteger();
    int connections = 4;
    ExecutorService clients = Executors.newFixedThreadPool(connections);
    try (LoopbackServer server =
        new LoopbackServer(
            first,
            2,
            child -> {
              if (accepted.getAndIncrement() % 2 == 1) {
                child.config().setOption(ChannelOption.ALLOCATOR, second);
              }
              child.pipeline().addLast(new LoopbackServer.Echo());
            })) {
      List<Future<Long>> verified = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        AtomicInteger rounds = new AtomicInteger(50);
        verified.add(clients.submit(new EchoClient(server, i, () -> rounds.getAndDecrement() > 0)));
      }
      for (Future<Long> bytes : verified) {
        assertThat(bytes.get(60, TimeUnit.SECONDS)).isPositive();
      }
      assertThat(server.failures()).isEmpty();
      for (LiteByteBufAllocator allocator : List.of(first, second)) {
        assertThat(allocator.metric().arenas())
            .extracting(ArenaMetric::strategy)
            .isNotEmpty()
            .containsOnly(allocator.strategy());
        assertThat(allocator.metric().arenas())
            .extracting(ArenaMetric::statistics)
            .extracting(ArenaStatistics::allocations)
            .allMatch(allocations -> allocations > 50);
      }
    } finally {
      clients.shutdownNow();
    }
    second.close();
    first.close();
    assertThat(first.metric().budget().reservedBytes()).isZero();
  }
}
