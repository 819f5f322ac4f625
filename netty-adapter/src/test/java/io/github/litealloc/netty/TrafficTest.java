package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each request that was served is in the traffic once, and none that was not. */
final class TrafficTest {

  private static final int MAX_BYTES = 1 << 20;
  private static final int TOO_MUCH = 2 << 20;

  private final Behind behind = new Behind();
  private final List<ByteBuf> live = new ArrayList<>();
  private long served;
  private long servedBytes;
  private long thrown;

  /** Serves, or does not. */
  private static final class Behind extends AbstractByteBufAllocator {
    private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
    private boolean isEmpty;

    Behind() {
      super(true);
    }

    private void requireAny() {
      if (isEmpty) {
        throw new OutOfMemoryError("thrown by a test");
      }
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
      requireAny();
      return memory.directBuffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
      requireAny();
      return memory.heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
      return false;
    }
  }

  private LiteAllocatorBuilder builder() {
    return LiteByteBufAllocator.builder()
        .maxBytes(MAX_BYTES)
        .fallback(behind)
        .heapAllocator(behind);
  }

  private interface Request {
    ByteBuf send();
  }

  private void ask(int bytes, Request request) {
    try {
      live.add(request.send());
      served++;
      servedBytes += bytes;
    } catch (OutOfMemoryError e) {
      thrown++;
    }
  }

  /** One of each kind. */
  private void askForAll(LiteByteBufAllocator allocator) {
    ask(100, () -> allocator.directBuffer(100));
    ask(TOO_MUCH, () -> allocator.directBuffer(TOO_MUCH));
    ask(300, () -> allocator.heapBuffer(300));
    allocator.passThrough(true);
    ask(400, () -> allocator.directBuffer(400));
    ask(500, () -> allocator.heapBuffer(500));
    allocator.passThrough(false);
  }

  private void requireSum(LiteByteBufAllocator allocator) {
    TrafficShare traffic = allocator.metric().traffic();
    assertThat(traffic.requests()).as("%s", traffic).isEqualTo(served);
    assertThat(traffic.bytes()).as("%s", traffic).isEqualTo(servedBytes);
    assertThat(allocator.metric().failures()).isEqualTo(thrown);
    assertThat(Arrays.stream(FailureReason.values()).mapToLong(allocator.metric()::failures).sum())
        .isEqualTo(thrown);
  }

  @ParameterizedTest
  @EnumSource(value = OffLoopPolicy.class, names = "REJECT", mode = EnumSource.Mode.EXCLUDE)
  void traffic_servedAndRefusedInEveryWay_addsUp(OffLoopPolicy policy) throws Exception {
    LiteByteBufAllocator allocator = builder().offLoop(policy).build();
    try (TestLoop loop = new TestLoop()) {
      for (boolean isEmpty : new boolean[] {false, true}) {
        behind.isEmpty = isEmpty;
        loop.run(() -> askForAll(allocator));
        askForAll(allocator);
        requireSum(allocator);
      }
      assertThat(thrown).isEqualTo(policy == OffLoopPolicy.FALLBACK ? 9 : 8);
      allocator.closeAsync().get();
      for (boolean isEmpty : new boolean[] {false, true}) {
        behind.isEmpty = isEmpty;
        loop.run(() -> ask(600, () -> allocator.directBuffer(600)));
        ask(700, () -> allocator.directBuffer(700));
      }
      requireSum(allocator);
      assertThat(allocator.metric().fallbacks(FallbackReason.CLOSED)).isEqualTo(2);
      assertThat(allocator.metric().failures(FailureReason.CLOSED)).isEqualTo(2);
    }
    live.forEach(ByteBuf::release);
    assertThat(behind.memory.metric().usedDirectMemory()).isZero();
    assertThat(behind.memory.metric().usedHeapMemory()).isZero();
  }

  @Test
  void traffic_servedByAHandler_isNoneOfTheArenas() throws Exception {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .maxBytes(MAX_BYTES)
            .heapAllocator(behind)
            .whenExhausted(
                request -> behind.directBuffer(request.requestedBytes(), request.maxCapacity()))
            .build();
    try (TestLoop loop = new TestLoop()) {
      for (boolean isEmpty : new boolean[] {false, true}) {
        behind.isEmpty = isEmpty;
        loop.run(() -> ask(TOO_MUCH, () -> allocator.directBuffer(TOO_MUCH)));
        ask(TOO_MUCH, () -> allocator.directBuffer(TOO_MUCH));
        requireSum(allocator);
      }
      assertThat(allocator.metric().fallbacks(FallbackReason.EXHAUSTED)).isEqualTo(2);
      assertThat(allocator.metric().traffic().byteShare()).isZero();
      behind.isEmpty = false;
      loop.run(() -> live.add(allocator.directBuffer(100).capacity(TOO_MUCH)));
      assertThat(allocator.metric().fallbacks(FallbackReason.EXHAUSTED)).isEqualTo(3);
      live.forEach(ByteBuf::release);
    }
    allocator.close();
  }

  /** What the handler has made room for is served by an arena, once. */
  @Test
  void traffic_ofAHandlerThatAsksTheSameAllocator_isTheArenas() throws Exception {
    LiteByteBufAllocator[] self = {null};
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .maxBytes(MAX_BYTES)
            .whenExhausted(
                request -> {
                  live.remove(0).release();
                  return self[0].directBuffer(request.requestedBytes(), request.maxCapacity());
                })
            .build();
    self[0] = allocator;
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            for (int i = 0; i < 3; i++) {
              ask(600_000, () -> allocator.directBuffer(600_000));
            }
          });
      requireSum(allocator);
      assertThat(allocator.metric().traffic().requestShare()).isEqualTo(1);
      loop.run(() -> live.forEach(ByteBuf::release));
    }
    allocator.close();
  }

  @Test
  void traffic_ofAFallbackThatGivesWhatIsOfNoUse_isAFailure() throws Exception {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .maxBytes(MAX_BYTES)
            .fallback(new TestGiver(behind::heapBuffer))
            .build();
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () ->
              assertThatThrownBy(() -> allocator.directBuffer(TOO_MUCH))
                  .isInstanceOf(IllegalStateException.class));
    }
    assertThat(allocator.metric().traffic().requests()).isZero();
    assertThat(allocator.metric().failures()).isEqualTo(1);
    allocator.close();
  }
}
