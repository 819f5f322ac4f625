package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.Hardening;
import io.github.litealloc.MemoryViolationException;
import io.github.litealloc.Strategies;
import io.github.litealloc.Strategy;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Code of others fails where it is called; what was begun is finished or undone. */
final class ForeignFailuresTest {

  private final MemoryBudget budget = MemoryBudget.of("foreign", 2 << 20);

  private static EventLoop loop(String kind) {
    return kind.equals("nio")
        ? new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()).next()
        : new DefaultEventLoop();
  }

  /** Field program 18, first: hardening reports by throwing while the former arena is closed. */
  @ParameterizedTest
  @ValueSource(strings = {"nio", "default"})
  void strategy_changedWhileTheFormerArenaReportsAnOverrun_servesTheLoopAllTheSame(String kind)
      throws Exception {
    EventLoop loop = loop(kind);
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder().hardening(Hardening.debug()).budget(budget).build();
    try {
      ByteBuf damaged =
          loop.submit(
                  () -> {
                    ByteBuf buffer = allocator.directBuffer(100, 100);
                    ByteBuf whole = buffer;
                    while (!(whole instanceof LiteByteBuf)) {
                      whole = whole.unwrap();
                    }
                    ((LiteByteBuf) whole)._setByte(100, 1); // beyond its end, past the checks
                    return buffer;
                  })
              .get();
      damaged.release(); // on this thread: the loop finds it when it ends its arena
      allocator.strategy("free-list");
      for (int i = 0; i < 100; i++) {
        loop.submit(() -> allocator.directBuffer(100).release()).get(10, TimeUnit.SECONDS);
      }
      assertThat(allocator.metric().fallbacks(FallbackReason.CLOSED)).isZero();
      assertThat(allocator.metric().liveBuffers()).isZero();
      allocator.closeAsync().await(10, TimeUnit.SECONDS);
      assertThat(budget.reservedBytes()).isZero();
      assertThat(budget.promisedBytes()).isZero();
    } finally {
      loop.shutdownGracefully(0, 10, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);
      assertThat(loop.isTerminated()).isTrue();
    }
  }

  /** Field program 18, third: the damage is told to whoever changes it, and its contents stay. */
  @Test
  void capacity_ofADamagedBufferOfAClosedArena_keepsContentsAndLosesNothing() throws Exception {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder().hardening(Hardening.debug()).budget(budget).build();
    ByteBuf buffer;
    try (TestLoop loop = new TestLoop()) {
      buffer = loop.call(() -> allocator.directBuffer(100).writeBytes(new byte[] {1, 2, 3}));
    }
    ByteBuf whole = buffer;
    while (whole.unwrap() != null) {
      whole = whole.unwrap();
    }
    ((LiteByteBuf) whole)._setByte(100, 1);
    ByteBuf damaged = buffer;
    assertThatThrownBy(() -> damaged.capacity(5000))
        .isInstanceOf(MemoryViolationException.class)
        .hasMessageContaining("100");
    assertThat(buffer.capacity()).isIn(100, 5000);
    assertThat(new byte[] {buffer.getByte(0), buffer.getByte(1), buffer.getByte(2)})
        .containsExactly(1, 2, 3);
    assertThat(buffer.release()).isTrue();
    assertThat(allocator.metric().liveBuffers()).isZero();
    assertThat(allocator.closeAsync().await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(budget.reservedBytes()).isZero();
    assertThat(budget.promisedBytes()).isZero();
  }

  @Test
  void build_thatIsRefused_leavesItsNameFree() {
    LiteByteBufAllocator closed = LiteByteBufAllocator.builder().name("other").build();
    LiteAllocatorBuilder refused = LiteByteBufAllocator.builder().name("refused").sharing(closed);
    closed.close();
    assertThatThrownBy(refused::build).isInstanceOf(IllegalArgumentException.class);
    try (LiteByteBufAllocator next = LiteByteBufAllocator.builder().name("refused").build()) {
      assertThat(next.name()).isEqualTo("refused");
    }
  }

  private static StrategyFactory failing(Throwable failure) {
    return new StrategyFactory() {
      @Override
      public String name() {
        return "failing";
      }

      @Override
      public Strategy create(io.github.litealloc.Chunks chunks) {
        chunks.take(100); // and loses it
        return ForeignFailuresTest.<RuntimeException, Strategy>raise(failure);
      }
    };
  }

  @SuppressWarnings("unchecked") // may be anything
  private static <E extends Throwable, T> T raise(Throwable failure) throws E {
    throw (E) failure;
  }

  /** Field program 19, last: 60 requests that fail, and a budget of 2 MiB was promised away. */
  @Test
  void arena_thatCannotBeMade_isPromisedNothingAndHoldsNothing() throws Exception {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .strategy(failing(new AssertionError("by the test")))
            .budget(budget)
            .build();
    try (TestLoop loop = new TestLoop()) {
      for (int i = 0; i < 60; i++) {
        assertThatThrownBy(() -> loop.run(() -> allocator.directBuffer(100)))
            .isInstanceOf(AssertionError.class);
      }
      assertThat(budget.promisedBytes()).isZero();
      allocator.strategy(Strategies.HYBRID);
      loop.run(() -> allocator.directBuffer(100).release());
      assertThat(allocator.metric().fallbacks(FallbackReason.CLOSED)).isZero();
    }
    allocator.closeAsync().await(10, TimeUnit.SECONDS);
    assertThat(budget.reservedBytes()).isZero();
    assertThat(budget.promisedBytes()).isZero();
  }

  @Test
  void strategy_null_isRefusedBeforeAnythingChanges() throws Exception {
    LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().budget(budget).build();
    assertThatThrownBy(() -> allocator.strategy((StrategyFactory) null))
        .isInstanceOf(NullPointerException.class);
    try (TestLoop loop = new TestLoop()) {
      loop.run(() -> allocator.directBuffer(100).release());
    }
    assertThat(allocator.strategy()).isEqualTo("hybrid");
    allocator.close();
  }
}
