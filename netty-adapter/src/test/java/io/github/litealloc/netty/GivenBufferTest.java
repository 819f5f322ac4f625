package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What others give for a buffer to move to, and what becomes of that buffer if it is of no use. */
final class GivenBufferTest {

  private static final int MAX_BYTES = 1 << 20;
  private static final int TOO_MUCH = 2 << 20;

  /** Gives what a test wants, and remembers it. */
  private static final class Giver {
    private final BiFunction<Integer, Integer, ByteBuf> giving;
    private final List<ByteBuf> given = new ArrayList<>();

    Giver(BiFunction<Integer, Integer, ByteBuf> giving) {
      this.giving = giving;
    }

    ByteBuf give(int capacity, int maxCapacity) {
      ByteBuf buffer = giving.apply(capacity, maxCapacity);
      given.add(buffer);
      return buffer;
    }

    /** A fallback allocator. */
    ByteBufAllocator allocator() {
      return new TestGiver(this::give);
    }

    void requireAllReleased() {
      assertThat(given).isNotEmpty().allMatch(buffer -> buffer == null || buffer.refCnt() == 0);
    }
  }

  @SuppressWarnings("deprecation") // there is no other way to a buffer in another order
  static Stream<Arguments> useless() {
    UnpooledByteBufAllocator peer = new UnpooledByteBufAllocator(true);
    return Stream.of(
        useless("nothing", (capacity, max) -> null),
        useless("heap memory", peer::heapBuffer),
        useless("heap memory that is direct by its own word", GivenBufferTest::liar),
        useless("what cannot be asked", GivenBufferTest::mute),
        useless("memory that is released", (capacity, max) -> released(peer, capacity, max)),
        useless(
            "what cannot be written",
            (capacity, max) -> peer.directBuffer(capacity, max).asReadOnly()),
        useless("too little", (capacity, max) -> peer.directBuffer(capacity - 1, max)),
        useless("too much", (capacity, max) -> peer.directBuffer(capacity + 1, max)),
        useless("what cannot grow", (capacity, max) -> peer.directBuffer(capacity, capacity)),
        useless(
            "the other byte order",
            (capacity, max) -> peer.directBuffer(capacity, max).order(ByteOrder.LITTLE_ENDIAN)),
        useless(
            "one piece that may become several",
            (capacity, max) ->
                peer.compositeDirectBuffer()
                    .addComponent(true, peer.directBuffer(capacity, capacity).writeZero(capacity))),
        useless(
            "two pieces",
            (capacity, max) -> {
              CompositeByteBuf composite = peer.compositeDirectBuffer();
              composite.addComponent(peer.directBuffer(10, 10).writeZero(10));
              return composite.addComponent(
                  peer.directBuffer(capacity - 10, capacity - 10).writeZero(capacity - 10));
            }));
  }

  private static ByteBuf liar(int capacity, int max) {
    return new UnpooledHeapByteBuf(UnpooledByteBufAllocator.DEFAULT, capacity, max) {
      @Override
      public boolean isDirect() {
        return true;
      }
    };
  }

  private static ByteBuf mute(int capacity, int max) {
    return new UnpooledDirectByteBuf(UnpooledByteBufAllocator.DEFAULT, capacity, max) {
      @Override
      public ByteBuffer nioBuffer(int index, int count) {
        throw new UnsupportedOperationException("thrown by a test");
      }
    };
  }

  private static ByteBuf released(UnpooledByteBufAllocator peer, int capacity, int max) {
    ByteBuf buffer = peer.directBuffer(capacity, max);
    buffer.release();
    return buffer;
  }

  private static Arguments useless(String what, BiFunction<Integer, Integer, ByteBuf> giving) {
    return Arguments.of(what, giving);
  }

  private static void requireIntact(ByteBuf buffer) {
    assertThat(buffer.refCnt()).isEqualTo(1);
    assertThat(buffer.capacity()).isEqualTo(1_000);
    assertThat(buffer.readerIndex()).isEqualTo(3);
    assertThat(buffer.writerIndex()).isEqualTo(8);
    assertThat(buffer.getLong(0)).isEqualTo(42);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("useless")
  void capacity_onAnotherThreadWithAUselessFallback_isRefusedAndTheBufferIntact(
      String what, BiFunction<Integer, Integer, ByteBuf> giving) throws Exception {
    Giver giver = new Giver(giving);
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .name("given")
            .fallback(giver.allocator())
            .offLoop(OffLoopPolicy.FALLBACK)
            .build();
    try (TestLoop loop = new TestLoop()) {
      ByteBuf buffer = loop.call(() -> allocator.directBuffer(1_000).writeLong(42).skipBytes(3));
      assertThatThrownBy(() -> buffer.capacity(2_000)) // on this thread
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("the fallback allocator: ")
          .hasMessageContaining(
              "(expected: a direct buffer of capacity 2000 and maximum capacity ");
      requireIntact(buffer);
      loop.run(() -> buffer.capacity(3_000).setLong(2_992, 43)); // and it can still grow
      assertThat(buffer.getLong(0)).isEqualTo(42);
      buffer.release();
      loop.run(allocator::trimOnThisThread);
      assertThat(allocator.metric().liveBuffers()).isZero();
    }
    giver.requireAllReleased();
    assertThat(allocator.metric().failures()).isEqualTo(1);
    allocator.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("useless")
  void capacity_whenExhaustedWithAUselessFallback_isRefusedAndTheBufferIntact(
      String what, BiFunction<Integer, Integer, ByteBuf> giving) throws Exception {
    Giver giver = new Giver(giving);
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .maxBytes(MAX_BYTES)
            .fallback(giver.allocator())
            .offLoop(OffLoopPolicy.FALLBACK)
            .build();
    requireRefusalWhenExhausted(allocator, "the fallback allocator: ");
    giver.requireAllReleased();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("useless")
  void capacity_whenExhaustedWithAUselessHandler_isRefusedAndTheBufferIntact(
      String what, BiFunction<Integer, Integer, ByteBuf> giving) throws Exception {
    Giver giver = new Giver(giving);
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .maxBytes(MAX_BYTES)
            .whenExhausted(request -> giver.give(request.requestedBytes(), request.maxCapacity()))
            .build();
    requireRefusalWhenExhausted(allocator, "the exhaustion handler: ");
    giver.requireAllReleased();
  }

  private static void requireRefusalWhenExhausted(LiteByteBufAllocator allocator, String giver)
      throws Exception {
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            ByteBuf buffer = allocator.directBuffer(1_000).writeLong(42).skipBytes(3);
            assertThatThrownBy(() -> buffer.capacity(TOO_MUCH))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(giver)
                .hasMessageContaining("(expected: a direct buffer of capacity " + TOO_MUCH);
            requireIntact(buffer);
            buffer.release();
            assertThat(allocator.metric().usedBytes()).isZero();
          });
    }
    assertThat(allocator.metric().failures()).isEqualTo(1);
    allocator.close();
  }

  @Test
  void capacity_whereTheCopyFails_leavesTheBufferIntactAndGivesTheNewMemoryBack() throws Exception {
    Giver giver =
        new Giver(
            (capacity, max) ->
                new UnpooledDirectByteBuf(UnpooledByteBufAllocator.DEFAULT, capacity, max) {
                  @Override
                  public ByteBuf setBytes(int index, ByteBuffer source) {
                    throw new UnsupportedOperationException("thrown by a test");
                  }
                });
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .fallback(giver.allocator())
            .offLoop(OffLoopPolicy.FALLBACK)
            .build();
    try (TestLoop loop = new TestLoop()) {
      ByteBuf buffer = loop.call(() -> allocator.directBuffer(1_000).writeLong(42).skipBytes(3));
      assertThatThrownBy(() -> buffer.capacity(2_000))
          .isInstanceOf(UnsupportedOperationException.class);
      requireIntact(buffer);
      buffer.release();
      loop.run(allocator::trimOnThisThread);
      assertThat(allocator.metric().liveBuffers()).isZero();
    }
    giver.requireAllReleased();
    allocator.close();
  }
}
