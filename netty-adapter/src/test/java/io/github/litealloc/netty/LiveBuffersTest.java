package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.SizeRange;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The look at sizes, ages and what waits; and why requests failed, and who waited for a lock. */
final class LiveBuffersTest {

  private static ArenaStatistics arena(LiteByteBufAllocator allocator) {
    return allocator.metric().arenas().get(0).statistics();
  }

  @Test
  void sizes_ofLiveBuffers_areCountedByTheirUpperBounds() {
    try (LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid")) {
      List<ByteBuf> live = new ArrayList<>();
      for (int bytes : new int[] {0, 64, 65, 128, 1_000, 20_000, 2_000_000}) {
        live.add(allocator.directBuffer(bytes));
      }
      allocator.directBuffer(500).release();

      LiveBuffers look = allocator.metric().lookAtLiveBuffers();
      assertThat(look.buffers(SizeRange.UP_TO_64)).isEqualTo(2);
      assertThat(look.buffers(SizeRange.UP_TO_128)).isEqualTo(2);
      assertThat(look.buffers(SizeRange.UP_TO_512)).isZero();
      assertThat(look.buffers(SizeRange.UP_TO_1024)).isEqualTo(1);
      assertThat(look.buffers(SizeRange.UP_TO_32768)).isEqualTo(1);
      assertThat(look.buffers(SizeRange.LARGE)).isEqualTo(1);
      live.forEach(ByteBuf::release);
      assertThat(allocator.metric().lookAtLiveBuffers().toString())
          .startsWith("LiveBuffers(64: 0, 128: 0,")
          .endsWith("large: 0)");
    }
  }

  @Test
  void allocations_bySize_countKeptBlocksToo() {
    for (String strategy : List.of("hybrid", "free-list", "segregated-bump", "bump-free-list")) {
      try (LiteByteBufAllocator allocator = TestAllocators.adopting(strategy)) {
        long[] expected = new long[SizeRange.values().length];
        long sum = 0;
        for (SizeRange each : SizeRange.values()) {
          int bound = Math.min(each.maxBytes(), 3 << 20);
          for (int bytes : new int[] {bound, bound - 1, bound + 1, bound, bound}) {
            allocator.directBuffer(bytes).release();
            expected[SizeRange.of(bytes).ordinal()]++;
            sum++;
          }
        }
        ArenaStatistics statistics = arena(allocator);
        for (SizeRange each : SizeRange.values()) {
          assertThat(statistics.allocations(each))
              .as("%s of %s", each, strategy)
              .isEqualTo(expected[each.ordinal()]);
        }
        assertThat(statistics.allocations()).isEqualTo(sum);
        assertThat(statistics.keptAllocations()).isGreaterThan(20);
      }
    }
  }

  @Test
  void sizes_ofSampledBuffers_areCountedToo() {
    try (LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid")) {
      allocator.sampling(1);
      ByteBuf buffer = allocator.directBuffer(1_000);

      LiveBuffers look = allocator.metric().lookAtLiveBuffers();
      assertThat(look.buffers(SizeRange.UP_TO_1024)).isEqualTo(1);
      assertThat(look.of(arena(allocator)).oldestNanos()).isNotNegative();
      buffer.release();
      look = allocator.metric().lookAtLiveBuffers();
      assertThat(look.buffers(SizeRange.UP_TO_1024)).isZero();
    }
  }

  @Test
  void oldest_whileOthersComeAndGo_isTheSurvivor() throws Exception {
    try (LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid")) {
      allocator.metric().lookAtLiveBuffers(); // steps the clock
      long begunNanos = System.nanoTime();
      ByteBuf survivor = allocator.directBuffer(100);
      Thread.sleep(60);
      for (int i = 0; i < 100; i++) {
        allocator.directBuffer(100).release();
      }
      long oldestNanos = allocator.metric().lookAtLiveBuffers().of(arena(allocator)).oldestNanos();
      assertThat(oldestNanos)
          .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(60))
          .isLessThan(System.nanoTime() - begunNanos + TimeUnit.SECONDS.toNanos(1));

      survivor.release();
      ByteBuf young = allocator.directBuffer(30_000);
      assertThat(allocator.metric().lookAtLiveBuffers().of(arena(allocator)).oldestNanos())
          .isLessThan(oldestNanos);
      young.release();
      assertThat(allocator.metric().lookAtLiveBuffers().of(arena(allocator)).oldestNanos())
          .isZero();
    }
  }

  @Test
  void waiting_releasedElsewhere_areCountedUntilTheOwnerComes() throws Exception {
    try (LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().build();
        TestLoop loop = new TestLoop()) {
      List<ByteBuf> buffers = new ArrayList<>();
      loop.run(
          () -> {
            for (int i = 0; i < 70; i++) {
              buffers.add(allocator.directBuffer(100));
            }
          });
      CountDownLatch goOn = new CountDownLatch(1);
      Future<?> blocked =
          loop.loop()
              .submit(
                  () -> {
                    goOn.await();
                    return null;
                  });
      buffers.forEach(ByteBuf::release);

      LiveBuffers look = allocator.metric().lookAtLiveBuffers();
      assertThat(look.of(arena(allocator)).waitingRemoteFrees()).isEqualTo(70);
      assertThat(look.buffers(SizeRange.UP_TO_128)).isZero();
      goOn.countDown();
      blocked.get();
      loop.run(() -> allocator.directBuffer(100_000).release());
      look = allocator.metric().lookAtLiveBuffers();
      assertThat(look.of(arena(allocator)).waitingRemoteFrees()).isZero();
    }
  }

  @Test
  void of_anArenaThatWasNotThere_isNothing() {
    try (LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid")) {
      LiveBuffers before = allocator.metric().lookAtLiveBuffers();
      ByteBuf buffer = allocator.directBuffer(100);
      assertThat(before.of(arena(allocator)).oldestNanos()).isZero();
      assertThat(before.takenMillis()).isPositive();
      buffer.release();
    }
  }

  @Test
  void failures_ofEachKind_haveTheirReason() {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .maxBytes(1 << 20)
            .whenExhausted(ExhaustionPolicy.THROW)
            .build();
    assertThatThrownBy(() -> allocator.directBuffer(2 << 20))
        .isInstanceOf(DirectMemoryExhaustedError.class);
    assertThat(allocator.metric().failures(FailureReason.BUDGET)).isEqualTo(1);
    allocator.close();
    assertThatThrownBy(() -> allocator.directBuffer(100))
        .isInstanceOf(DirectMemoryExhaustedError.class);
    assertThat(allocator.metric().failures(FailureReason.CLOSED)).isEqualTo(1);

    try (LiteByteBufAllocator rejecting =
        LiteByteBufAllocator.builder().offLoop(OffLoopPolicy.REJECT).build()) {
      assertThatThrownBy(() -> rejecting.directBuffer(100))
          .isInstanceOf(IllegalStateException.class);
      assertThat(rejecting.metric().failures(FailureReason.OFF_LOOP)).isEqualTo(1);
      assertThat(rejecting.metric().failures()).isEqualTo(1);
    }
    assertThat(allocator.metric().failures()).isEqualTo(2);
    assertThat(FailureReason.of(null)).isEqualTo(FailureReason.ARENA);
  }

  @Test
  void lockWaits_ofALockThatIsTaken_areCountedWithTheirTime() throws Exception {
    LockWaits waits = new LockWaits();
    ArenaLock lock = new ArenaLock(waits);
    assertThat(lock.lock(1)).isTrue();
    assertThat(lock.lock(1)).as("its own").isFalse();
    assertThat(waits.waits()).isZero();
    Thread other =
        new Thread(
            () -> {
              if (lock.lock(2)) {
                lock.unlock();
              }
            });
    other.start();
    Thread.sleep(30);
    lock.unlock();
    other.join();

    assertThat(waits.waits()).isEqualTo(1);
    assertThat(waits.nanos()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(5));
  }
}
