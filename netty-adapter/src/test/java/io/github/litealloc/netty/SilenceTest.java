package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** After a burst the memory goes back by the loops' own timers, and then the loops sleep. */
final class SilenceTest {

  private static final int LOOPS = 2;
  private static final long BURST_BYTES = 64L << 20;
  private static final int BUFFER_BYTES = 8 * 1024;
  private static final long PROMISED_BYTES = LOOPS * 256 * 1024L;
  private static final long SHORT_DECAY_MILLIS = 1_000;

  private static LiteByteBufAllocator allocator(String strategy, long decayMillis) {
    return LiteByteBufAllocator.builder()
        .strategy(strategy)
        .budget(MemoryBudget.unlimited("silence"))
        .decayMillis(decayMillis)
        .build();
  }

  private static void burst(LiteByteBufAllocator allocator, EventLoop loop) throws Exception {
    loop.submit(
            () -> {
              List<ByteBuf> buffers = new ArrayList<>();
              for (long bytes = 0; bytes < BURST_BYTES; bytes += BUFFER_BYTES) {
                buffers.add(allocator.directBuffer(BUFFER_BYTES));
              }
              buffers.forEach(ByteBuf::release);
            })
        .get();
  }

  /** Not at once: the last task that was needed may be at its end, and not be counted yet. */
  private static void requireSleep(CountingLoops loops, long millis) throws Exception {
    eventually(() -> sleptFor(millis, loops), loops::wakeUps);
  }

  private static boolean sleptFor(long millis, CountingLoops loops) {
    long before = loops.wakeUps();
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return loops.wakeUps() == before;
  }

  @Test
  void loops_tenSecondsAfterABurst_holdAlmostNothingAndSleep() throws Exception {
    LiteByteBufAllocator allocator = allocator("hybrid", ChunkStore.DEFAULT_DECAY_MILLIS);
    try (CountingLoops loops = new CountingLoops(LOOPS)) {
      for (EventLoop loop : loops.all()) {
        burst(allocator, loop);
      }
      assertThat(allocator.metric().budget().peakReservedBytes())
          .isGreaterThanOrEqualTo(BURST_BYTES);
      Thread.sleep(10_000);
      assertThat(allocator.metric().budget().reservedBytes()).isLessThanOrEqualTo(PROMISED_BYTES);
      requireSleep(loops, 1_500);
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.litealloc.netty.TestAllocators#strategies")
  void loops_afterABurstAndAShortDecay_holdAlmostNothingAndSleep(String strategy) throws Exception {
    LiteByteBufAllocator allocator = allocator(strategy, SHORT_DECAY_MILLIS);
    try (CountingLoops loops = new CountingLoops(LOOPS)) {
      for (EventLoop loop : loops.all()) {
        burst(allocator, loop);
      }
      eventually(
          () -> allocator.metric().budget().reservedBytes() <= PROMISED_BYTES, allocator::metric);
      eventually(() -> allocator.timers() == 0, allocator::metric);
      requireSleep(loops, 500);
    }
  }

  @Test
  void loop_atItsFloor_neverHasATimer() throws Exception {
    LiteByteBufAllocator allocator = allocator("hybrid", SHORT_DECAY_MILLIS);
    try (CountingLoops loops = new CountingLoops(1)) {
      loops.all().get(0).submit(() -> allocator.directBuffer(1_000).release()).get();
      assertThat(allocator.timers()).isZero();
      requireSleep(loops, 300);
    }
  }

  @Test
  void loop_atItsFloor_sleepsWhileAnotherLooksAfterTheStore() throws Exception {
    LiteByteBufAllocator allocator = allocator("hybrid", SHORT_DECAY_MILLIS);
    try (TestLoop quiet = new TestLoop();
        TestLoop busy = new TestLoop()) {
      ByteBuf small = quiet.call(() -> allocator.directBuffer(1_000));
      burst(allocator, quiet.loop());
      ByteBuf large = busy.call(() -> allocator.directBuffer(1 << 20));
      // One of them looks after the store, the other soon has no use for a timer.
      eventually(() -> allocator.timers() == 1, allocator::metric);
      quiet.call(small::release);
      busy.call(large::release);
      eventually(() -> allocator.timers() == 0, allocator::metric);
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.litealloc.netty.TestAllocators#strategies")
  void loop_thatKeepsALargeBuffer_sleepsAndCanBeSuspended(String strategy) throws Exception {
    LiteByteBufAllocator allocator = allocator(strategy, SHORT_DECAY_MILLIS);
    try (CountingLoops loops = new CountingLoops(1)) {
      EventLoop loop = loops.all().get(0);
      ByteBuf kept = loop.submit(() -> allocator.directBuffer(100_000)).get();
      eventually(() -> allocator.timers() == 0, allocator::metric);
      requireSleep(loops, 500);
      SingleThreadEventExecutor executor = (SingleThreadEventExecutor) loop;
      eventually(
          () -> executor.isSuspended() || (executor.trySuspend() && executor.isSuspended()),
          () -> loop);
      kept.release();
      eventually(() -> allocator.metric().liveBuffers() == 0, allocator::metric);
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.litealloc.netty.TestAllocators#strategies")
  void loop_thatReleasesWhatItKept_wakesAndGivesItBack(String strategy) throws Exception {
    LiteByteBufAllocator allocator = allocator(strategy, SHORT_DECAY_MILLIS);
    try (CountingLoops loops = new CountingLoops(1)) {
      EventLoop loop = loops.all().get(0);
      List<ByteBuf> kept = loop.submit(() -> buffersOfAllSizes(allocator)).get();
      eventually(() -> allocator.timers() == 0, allocator::metric);
      loop.submit(() -> kept.forEach(ByteBuf::release)).get();
      eventually(() -> allocator.metric().budget().reservedBytes() == 0, allocator::metric);
      eventually(() -> allocator.timers() == 0, allocator::metric);
    }
  }

  /** Some of which would be kept for reuse, and pin their chunks. */
  private static List<ByteBuf> buffersOfAllSizes(LiteByteBufAllocator allocator) {
    List<ByteBuf> buffers = new ArrayList<>();
    for (int bytes = 16; bytes <= 64 * 1024; bytes *= 2) {
      buffers.add(allocator.directBuffer(bytes));
    }
    return buffers;
  }
}
