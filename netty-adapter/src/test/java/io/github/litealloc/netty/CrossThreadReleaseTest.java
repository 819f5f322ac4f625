package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.IllegalReferenceCountException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A buffer may be released on any thread; the memory goes home. */
final class CrossThreadReleaseTest {

  private static final String STRATEGIES = "io.github.litealloc.netty.TestAllocators#strategies";

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void release_onAnotherThread_givesTheBytesBackWhenTheOwnerNextTakesABlock(String strategy)
      throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting(strategy);
    try (TestLoop loop = new TestLoop()) {
      ByteBuf buffer = loop.call(() -> allocator.directBuffer(1_000));
      assertThat(buffer.release()).isTrue();
      assertThat(buffer.refCnt()).isZero();
      Assertions.assertThrows(IllegalReferenceCountException.class, buffer::release);

      loop.run(() -> allocator.directBuffer(1).release());
      assertThat(allocator.metric().usedBytes()).isZero();
      assertThat(allocator.metric().arenas().get(0).statistics().remoteFrees()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void release_onAnotherThreadWhileTheOwnerIsIdle_givesTheBytesBackByTheClock(String strategy)
      throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting(strategy);
    try (TestLoop loop = new TestLoop()) {
      List<ByteBuf> buffers =
          loop.call(
              () -> {
                List<ByteBuf> made = new ArrayList<>();
                for (int i = 0; i < 1_000; i++) {
                  made.add(allocator.directBuffer(8 * 1024));
                }
                return made;
              });
      buffers.forEach(ByteBuf::release);
      // The owner does nothing at all from here on.
      eventually(
          () ->
              allocator.metric().usedBytes() == 0
                  && allocator.metric().budget().reservedBytes() <= 256 * 1024,
          allocator::metric);
    }
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void release_byManyThreadsAtOnce_losesAndDoublesNothing(String strategy) throws Exception {
    int releasers = 4;
    int buffers = 200_000;
    LiteByteBufAllocator allocator = TestAllocators.adopting(strategy);
    BlockingQueue<ByteBuf> handedOver = new ArrayBlockingQueue<>(1_024);
    AtomicInteger wrong = new AtomicInteger();
    AtomicInteger released = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < releasers; t++) {
      Thread thread =
          new Thread(
              () -> {
                while (released.getAndIncrement() < buffers) {
                  try {
                    ByteBuf buffer = handedOver.take();
                    int size = buffer.readableBytes();
                    ByteBuf slice = buffer.retainedSlice(0, size);
                    if (buffer.getInt(0) != size || slice.getInt(size - 4) != ~size) {
                      wrong.incrementAndGet();
                    }
                    slice.release();
                    buffer.release();
                  } catch (InterruptedException e) {
                    return;
                  }
                }
              });
      threads.add(thread);
      thread.start();
    }
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            for (int i = 0; i < buffers; i++) {
              int size = 8 + i * 31 % 3_000;
              ByteBuf buffer = allocator.directBuffer(size).writerIndex(size);
              buffer.setInt(0, size).setInt(size - 4, ~size);
              handedOver.put(buffer);
            }
          });
      for (Thread thread : threads) {
        thread.join();
      }
      loop.run(allocator::trimOnThisThread);
      assertThat(wrong).hasValue(0);
      assertThat(allocator.metric().usedBytes()).isZero();
      assertThat(allocator.metric().liveBuffers()).isZero();
      assertThat(allocator.metric().arenas().get(0).statistics().frees()).isEqualTo((long) buffers);
    }
  }

  @Test
  void release_onAnotherThreadWhileTheOwnerHoldsItsFloorOnly_isDrainedByTheClockToo()
      throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    try (TestLoop loop = new TestLoop()) {
      ByteBuf buffer = loop.call(() -> allocator.directBuffer(1_000));
      buffer.release();
      eventually(() -> allocator.metric().usedBytes() == 0, allocator::metric);
    }
  }

  @Test
  void release_ofABufferThatHasMovedToTheFallback_freesItOnTheReleasingThread() throws Exception {
    UnpooledByteBufAllocator fallback = new UnpooledByteBufAllocator(true);
    LiteByteBufAllocator allocator = TestAllocators.builder("hybrid").fallback(fallback).build();
    try (TestLoop loop = new TestLoop()) {
      ByteBuf buffer = loop.call(() -> allocator.directBuffer(100).writeLong(1));
      buffer.writeBytes(new byte[1 << 20]); // on this thread, which cannot use the arena
      assertThat(fallback.metric().usedDirectMemory()).isPositive();
      buffer.release();
      assertThat(fallback.metric().usedDirectMemory()).isZero();
      // The block that it left, too, goes back although its owner does nothing.
      eventually(() -> allocator.metric().usedBytes() == 0, allocator::metric);
    }
  }
}
