package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import io.netty.util.internal.PlatformDependent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory given back on demand, with an answer that says how much. */
final class TrimAndCloseTest {

  private static final int BUFFER_BYTES = 32 * 1024;
  private static final long KEEP_ALL = -1;

  private static LiteByteBufAllocator allocator(long decayMillis) {
    return TestAllocators.builder("bump-free-list").decayMillis(decayMillis).build();
  }

  private static long reserved(LiteByteBufAllocator allocator) {
    return allocator.metric().budget().reservedBytes();
  }

  private static long answer(Future<Long> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  /** Leaves some empty chunks, and one that is not. */
  private static ByteBuf burst(LiteByteBufAllocator allocator, TestLoop loop) throws Exception {
    return loop.call(
        () -> {
          ByteBuf stays = allocator.directBuffer(1_000);
          List<ByteBuf> buffers = new ArrayList<>();
          for (int i = 0; i < 100; i++) {
            buffers.add(allocator.directBuffer(BUFFER_BYTES));
          }
          buffers.forEach(ByteBuf::release);
          return stays;
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {KEEP_ALL, 0, 10_000})
  void trim_fromAnotherThread_givesBackWhatIsEmptyOnEveryLoopAndSaysHowMuch(long decayMillis)
      throws Exception {
    LiteByteBufAllocator allocator = allocator(decayMillis);
    try (TestLoop first = new TestLoop();
        TestLoop second = new TestLoop()) {
      ByteBuf one = burst(allocator, first);
      ByteBuf other = burst(allocator, second);
      long before = reserved(allocator);
      assertThat(answer(allocator.trim())).isEqualTo(before - reserved(allocator));
      assertThat(reserved(allocator)).isLessThanOrEqualTo(2 * 256 * 1024);
      assertThat(answer(allocator.trim())).isZero();
      one.release(); // remotely: the trim takes it in
      second.call(other::release);
      allocator.trim().get(30, TimeUnit.SECONDS);
      assertThat(reserved(allocator)).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {KEEP_ALL, 0, 10_000})
  void trim_systemTakesNothingBack_doesNotCountIt(long decayMillis) throws Exception {
    CountedSource source = new CountedSource();
    LiteByteBufAllocator allocator =
        TestAllocators.from(
            source, TestAllocators.builder("bump-free-list").decayMillis(decayMillis));
    try (TestLoop loop = new TestLoop()) {
      source.takesNothingBack = true;
      burst(allocator, loop).release();
      long before = source.bytes();
      assertThat(answer(allocator.trim())).isZero();
      assertThat(source.bytes()).isEqualTo(before).isEqualTo(reserved(allocator));
      source.takesNothingBack = false;
      long answer = answer(allocator.trim());
      // With a decay time the loop's timer may have come first.
      assertThat(answer).isBetween(decayMillis == KEEP_ALL ? before : 0, before);
      assertThat(source.bytes()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {KEEP_ALL, 0})
  void closeAsync_ofOneOfTwoOnAStore_saysWhatWentBack(long decayMillis) throws Exception {
    CountedSource source = new CountedSource();
    LiteByteBufAllocator allocator =
        TestAllocators.from(
            source, TestAllocators.builder("bump-free-list").decayMillis(decayMillis));
    LiteByteBufAllocator other = LiteByteBufAllocator.builder().sharing(allocator).build();
    try (TestLoop loop = new TestLoop()) {
      ByteBuf stays = burst(allocator, loop);
      loop.run(stays::release);
      long before = source.bytes();
      assertThat(answer(allocator.closeAsync())).isEqualTo(before - source.bytes());
      assertThat(source.bytes()).isZero();
    }
    other.close();
  }

  @Test
  void trim_whereNettyCounts_answersWhatNettyHasGotBack() throws Exception {
    assumeTrue(PlatformDependent.hasUnsafe() && PlatformDependent.usedDirectMemory() >= 0);
    LiteByteBufAllocator allocator = allocator(KEEP_ALL);
    try (TestLoop loop = new TestLoop()) {
      ByteBuf stays = burst(allocator, loop);
      long before = PlatformDependent.usedDirectMemory();
      long answer = answer(allocator.trim());
      assertThat(answer).isPositive();
      assertThat(before - PlatformDependent.usedDirectMemory())
          .isBetween(answer - BUFFER_BYTES, answer + BUFFER_BYTES); // others draw from it, too
      loop.call(stays::release);
    }
  }

  @Test
  void trim_withATarget_stopsAtIt() throws Exception {
    LiteByteBufAllocator allocator = allocator(KEEP_ALL);
    try (TestLoop loop = new TestLoop()) {
      ByteBuf stays = burst(allocator, loop);
      long before = reserved(allocator);
      assertThat(before).isGreaterThan(3 << 20);
      assertThat(answer(allocator.trim(before))).isZero();
      assertThat(reserved(allocator)).isEqualTo(before);
      long target = 2 << 20;
      assertThat(answer(allocator.trim(target))).isEqualTo(before - reserved(allocator));
      assertThat(reserved(allocator)).isBetween(target - 256 * 1024, target);
      loop.call(stays::release);
    }
  }

  @Test
  void trim_withANegativeTarget_isRefused() {
    assertThatThrownBy(() -> allocator(KEEP_ALL).trim(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("targetBytes: -1");
  }

  @Test
  void trim_onALoop_doesItsOwnPartAtOnce() throws Exception {
    LiteByteBufAllocator allocator = allocator(KEEP_ALL);
    try (TestLoop loop = new TestLoop()) {
      ByteBuf stays = burst(allocator, loop);
      loop.run(
          () -> {
            Future<Long> trimmed = allocator.trim();
            assertThat(trimmed.isDone()).isTrue();
            assertThat(trimmed.getNow()).isPositive();
          });
      loop.call(stays::release);
    }
  }

  @Test
  void trim_whileALoopIsBusy_waitsForNobody() throws Exception {
    LiteByteBufAllocator allocator = allocator(KEEP_ALL);
    CountDownLatch busy = new CountDownLatch(1);
    try (TestLoop loop = new TestLoop()) {
      ByteBuf stays = burst(allocator, loop);
      loop.loop().execute(() -> awaitUninterruptibly(busy));
      Future<Long> trimmed = allocator.trim();
      assertThat(trimmed.isDone()).isFalse();
      busy.countDown();
      assertThat(answer(trimmed)).isPositive();
      loop.call(stays::release);
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void trimAndClose_afterTheLoopHasEnded_areDoneAtOnce() throws Exception {
    LiteByteBufAllocator allocator = allocator(KEEP_ALL);
    ByteBuf stays;
    try (TestLoop loop = new TestLoop()) {
      stays = burst(allocator, loop);
    }
    assertThat(allocator.trim().isDone()).isTrue();
    assertThat(allocator.closeAsync().isDone()).isTrue();
    assertThat(reserved(allocator)).isPositive();
    stays.release();
    assertThat(reserved(allocator)).isZero();
  }

  @Test
  void trimAndClose_whileTheLoopIsShuttingDown_areAnswered() throws Exception {
    LiteByteBufAllocator allocator = allocator(KEEP_ALL);
    TestLoop loop = new TestLoop();
    burst(allocator, loop).release();
    CountDownLatch busy = new CountDownLatch(1);
    loop.loop().execute(() -> awaitUninterruptibly(busy));
    Future<?> ended = loop.loop().shutdownGracefully(0, 30, TimeUnit.SECONDS);
    Future<Long> trimmed = allocator.trim();
    Future<Long> closed = allocator.closeAsync();
    busy.countDown();
    answer(trimmed);
    answer(closed);
    ended.get(30, TimeUnit.SECONDS);
    assertThat(reserved(allocator)).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {KEEP_ALL, 0, 10_000})
  void closeAsync_withBuffersOut_saysWhatWentBackAndLeavesThemValid(long decayMillis)
      throws Exception {
    LiteByteBufAllocator allocator = allocator(decayMillis);
    try (TestLoop loop = new TestLoop()) {
      ByteBuf stays = burst(allocator, loop).writeLong(42);
      long before = reserved(allocator);
      assertThat(answer(allocator.closeAsync())).isEqualTo(before - reserved(allocator));
      assertThat(reserved(allocator)).isEqualTo(64 * 1024);
      assertThat(stays.readLong()).isEqualTo(42);
      assertThat(answer(allocator.closeAsync())).isZero();
      stays.release();
      assertThat(reserved(allocator)).isZero();
      assertThat(answer(allocator.trim())).isZero();
    }
  }

  @Test
  void closeAsync_onALoop_isDoneAtOnce() throws Exception {
    LiteByteBufAllocator allocator = allocator(KEEP_ALL);
    try (TestLoop loop = new TestLoop()) {
      ByteBuf stays = burst(allocator, loop);
      loop.run(() -> assertThat(allocator.closeAsync().isDone()).isTrue());
      stays.release();
      assertThat(reserved(allocator)).isZero();
    }
  }

  @Test
  void closeAsync_withArenasThatRetire_countsThoseInUseToo() throws Exception {
    LiteByteBufAllocator allocator = allocator(KEEP_ALL);
    try (TestLoop loop = new TestLoop()) {
      ByteBuf old = loop.call(() -> allocator.directBuffer(1_000));
      allocator.strategy("free-list");
      ByteBuf stays = burst(allocator, loop);
      long before = reserved(allocator);
      assertThat(answer(allocator.closeAsync())).isEqualTo(before - reserved(allocator));
      old.release();
      stays.release();
      assertThat(reserved(allocator)).isZero();
    }
  }
}
