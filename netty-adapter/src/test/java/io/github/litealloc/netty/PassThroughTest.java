package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Off, and on again, without a restart. */
final class PassThroughTest {

  private static final int LOOPS = 2;
  private static final int THREADS = 2;
  private static final int SLOTS = 50;

  private final ByteBufAllocator nettys = new PooledByteBufAllocator(true);

  private LiteAllocatorBuilder builder() {
    return LiteByteBufAllocator.builder().fallback(nettys).heapAllocator(nettys);
  }

  @Test
  void passThrough_onAndOff_isFollowedByTheNextRequests() throws Exception {
    LiteByteBufAllocator allocator = builder().build();
    try (TestLoop loop = new TestLoop()) {
      ByteBuf live = loop.call(() -> allocator.directBuffer(100).writeInt(42));
      allocator.passThrough(true);
      assertThat(allocator.isPassThrough()).isTrue();
      assertThat(allocator.metric().isPassThrough()).isTrue();
      loop.run(() -> requireNettys(allocator));
      requireNettys(allocator);
      LiteAllocatorMetric metric = allocator.metric();
      assertThat(metric.fallbacks(FallbackReason.PASS_THROUGH)).isEqualTo(6);
      assertThat(metric.fallbackBytes(FallbackReason.PASS_THROUGH)).isEqualTo(2 * (30 + 50 + 70));
      assertThat(metric.fallbacks(FallbackReason.HEAP)).isZero();
      assertThat(metric.traffic().requestShare()).isEqualTo(1 / 7.0);
      assertThat(metric.traffic().byteShare()).isEqualTo(100 / 400.0);
      assertThat(metric.traffic().toString())
          .isEqualTo(
              "14.3 % of requests and 25.0 % of bytes in arenas; pass-through: 6 requests, 300"
                  + " bytes");

      loop.run(() -> live.capacity(5_000)); // what is live goes on as before
      assertThat(live.alloc()).isSameAs(allocator);
      assertThat(live.readInt()).isEqualTo(42);
      assertThat(metric.liveBuffers()).isEqualTo(1);
      live.release();
      eventually(() -> metric.liveBuffers() == 0, () -> metric);

      allocator.passThrough(false);
      loop.run(() -> requireOurs(allocator));
      requireOurs(allocator);
      assertThat(metric.fallbacks(FallbackReason.PASS_THROUGH)).isEqualTo(6);
    }
    allocator.close();
  }

  private void requireNettys(LiteByteBufAllocator allocator) {
    for (ByteBuf buffer :
        List.of(allocator.buffer(30), allocator.directBuffer(50), allocator.heapBuffer(70))) {
      assertThat(buffer.alloc()).isSameAs(nettys);
      buffer.release();
    }
  }

  private static void requireOurs(LiteByteBufAllocator allocator) {
    for (ByteBuf buffer : List.of(allocator.buffer(), allocator.heapBuffer())) {
      assertThat(buffer.alloc()).isSameAs(allocator);
      buffer.release();
    }
    assertThat(allocator.metric().elsewhereBytes()).isZero();
  }

  /** What is out is still ours, and its growth follows the policy. */
  @ParameterizedTest
  @EnumSource(ExhaustionPolicy.class)
  void passThrough_whileTheBudgetIsFull_leavesBuffersThatAreOutToThePolicy(ExhaustionPolicy policy)
      throws Exception {
    LiteByteBufAllocator allocator = builder().maxBytes(1 << 20).whenExhausted(policy).build();
    LiteAllocatorMetric metric = allocator.metric();
    try (TestLoop loop = new TestLoop()) {
      List<ByteBuf> live =
          List.of(
              loop.call(() -> allocator.directBuffer(100).writeInt(42)),
              allocator.directBuffer(100).writeInt(42));
      allocator.passThrough(true);
      TestLoop.ThrowingRunnable growth =
          () -> {
            for (ByteBuf buffer : live) {
              if (policy == ExhaustionPolicy.THROW) {
                assertThatThrownBy(() -> buffer.capacity(2 << 20))
                    .isInstanceOf(DirectMemoryExhaustedError.class);
              } else {
                buffer.capacity(2 << 20);
              }
              assertThat(buffer.alloc()).isSameAs(allocator);
              assertThat(buffer.getInt(0)).isEqualTo(42);
            }
          };
      loop.run(growth);
      int moved = policy == ExhaustionPolicy.THROW ? 0 : 2;
      assertThat(metric.elsewhereBuffers()).isEqualTo(moved);
      assertThat(metric.fallbacks(FallbackReason.EXHAUSTED)).isEqualTo(moved);
      assertThat(metric.failures()).isEqualTo(2 - moved);
      assertThat(allocator.outstanding().buffers()).hasSize(2);

      ByteBuf passed = loop.call(() -> allocator.directBuffer(2 << 20)); // outside, as was asked
      assertThat(passed.alloc()).isSameAs(nettys);
      passed.release();
      assertThat(metric.fallbacks(FallbackReason.PASS_THROUGH)).isEqualTo(1);
      live.forEach(ByteBuf::release);
      eventually(() -> allocator.outstanding().isEmpty(), () -> metric);
      assertThat(metric.elsewhereBytes()).isZero();
    }
    allocator.close();
  }

  @Test
  void passThrough_whileArenasHoldMuch_letsItGoBack() throws Exception {
    LiteByteBufAllocator allocator = builder().decayMillis(500).build();
    try (TestLoop loop = new TestLoop()) {
      List<ByteBuf> burst = new ArrayList<>();
      loop.run(
          () -> {
            for (int i = 0; i < 1_000; i++) {
              burst.add(allocator.directBuffer(8_000));
            }
          });
      allocator.passThrough(true);
      loop.run(() -> burst.forEach(ByteBuf::release));
      eventually(() -> allocator.metric().usedDirectMemory() == 0, allocator::metric);
    }
    allocator.close();
  }

  @Test
  void setting_passThrough_startsSwitchedOff() throws Exception {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builderFrom(Map.of("litealloc.passThrough", "true"))
            .fallback(nettys)
            .heapAllocator(nettys)
            .build();
    try (TestLoop loop = new TestLoop()) {
      loop.run(() -> requireNettys(allocator));
      requireNettys(allocator);
      assertThat(allocator.metric().arenas()).isEmpty();
      allocator.passThrough(false);
      loop.run(() -> requireOurs(allocator));
    }
    allocator.close();
  }

  @Test
  void passThrough_switchedUnderLoad_losesNothing() throws Exception {
    LiteByteBufAllocator allocator = builder().maxBytes(2 << 20).build();
    AtomicBoolean ended = new AtomicBoolean();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    List<TestLoop> loops = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Thread thread = new Thread(() -> load(allocator, ended, failure));
      threads.add(thread);
      thread.start();
    }
    for (int i = 0; i < LOOPS; i++) {
      TestLoop loop = new TestLoop();
      loops.add(loop);
      loop.loop().execute(() -> load(allocator, ended, failure));
    }
    for (int i = 0; i < 100; i++) {
      allocator.passThrough(i % 2 == 0);
      Thread.sleep(5);
      if (i % 10 == 9) {
        allocator.strategy(i % 20 == 9 ? "free-list" : "hybrid");
      }
    }
    ended.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    for (TestLoop loop : loops) {
      loop.run(() -> {}); // behind the load
    }
    assertThat(failure.get()).isNull();
    LiteAllocatorMetric metric = allocator.metric();
    assertThat(metric.fallbacks(FallbackReason.PASS_THROUGH)).isPositive();
    assertThat(metric.traffic().arenaRequests()).isPositive();
    eventually(() -> metric.liveBuffers() == 0, () -> metric);
    assertThat(metric.elsewhereBytes()).isZero();
    assertThat(metric.heapBytes()).isZero();
    assertThat(metric.failures()).isZero();
    loops.forEach(TestLoop::close);
    allocator.close();
    eventually(() -> metric.budget().reservedBytes() == 0, () -> metric);
  }

  /** Writes its number to both ends of each buffer, and finds it there. */
  private static void load(
      LiteByteBufAllocator allocator, AtomicBoolean ended, AtomicReference<Throwable> failure) {
    try {
      ByteBuf[] live = new ByteBuf[SLOTS];
      for (long i = 0; !ended.get(); i++) {
        int slot = ThreadLocalRandom.current().nextInt(SLOTS);
        if (live[slot] != null) {
          requireWhole(live[slot]);
        }
        int bytes = 16 + ThreadLocalRandom.current().nextInt(30_000);
        ByteBuf buffer =
            slot % 5 == 0 ? allocator.heapBuffer(bytes) : allocator.directBuffer(bytes);
        buffer.writeLong(i).setLong(bytes - 8, i);
        if (slot % 7 == 0) {
          buffer.capacity(bytes + 10_000).setLong(bytes + 10_000 - 8, i);
        }
        live[slot] = buffer;
      }
      for (ByteBuf buffer : live) {
        if (buffer != null) {
          requireWhole(buffer);
        }
      }
    } catch (Throwable e) {
      failure.set(e);
    }
  }

  private static void requireWhole(ByteBuf buffer) {
    assertThat(buffer.getLong(buffer.capacity() - 8)).isEqualTo(buffer.getLong(0));
    assertThat(buffer.release()).isTrue();
  }
}
