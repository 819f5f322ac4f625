package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Netty's own leak detector sees our buffers, at every level. */
final class LeakDetectionTest {

  @Test
  void buffer_thatIsNeverReleased_isReported() throws Exception {
    Level before = ResourceLeakDetector.getLevel();
    AtomicInteger leaks = new AtomicInteger();
    ResourceLeakDetector.setLevel(Level.PARANOID);
    ByteBufUtil.setLeakListener((resourceType, records) -> leaks.incrementAndGet());
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    try {
      leak(allocator);
      eventually(
          () -> {
            System.gc();
            allocator.directBuffer(1).release(); // the detector reports when something is tracked
            return leaks.get() > 0;
          },
          leaks::get);
      assertThat(allocator.metric().liveBuffers()).isEqualTo(1);
    } finally {
      ByteBufUtil.setLeakListener(null);
      ResourceLeakDetector.setLevel(before);
    }
  }

  private static void leak(LiteByteBufAllocator allocator) {
    allocator.directBuffer(100).writeByte(1);
  }

  @ParameterizedTest
  @EnumSource(Level.class)
  void buffer_thatIsReleased_isNotReportedAtAnyLevel(Level level) {
    Level before = ResourceLeakDetector.getLevel();
    AtomicInteger leaks = new AtomicInteger();
    ResourceLeakDetector.setLevel(level);
    ByteBufUtil.setLeakListener((resourceType, records) -> leaks.incrementAndGet());
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    try {
      for (int i = 0; i < 1_000; i++) {
        ByteBuf buffer = allocator.directBuffer(100).writeByte(1);
        ByteBuf slice = buffer.retainedSlice();
        buffer.release();
        slice.release();
      }
      System.gc();
      allocator.directBuffer(1).release();
      assertThat(leaks).hasValue(0);
      assertThat(allocator.metric().liveBuffers()).isZero();
    } finally {
      ByteBufUtil.setLeakListener(null);
      ResourceLeakDetector.setLevel(before);
    }
  }

  @Test
  void buffer_thatLeaksAfterItWasReleasedRemotelyBefore_isReported() throws Exception {
    Level before = ResourceLeakDetector.getLevel();
    AtomicInteger leaks = new AtomicInteger();
    ResourceLeakDetector.setLevel(Level.PARANOID);
    ByteBufUtil.setLeakListener((resourceType, records) -> leaks.incrementAndGet());
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    try {
      leakOneOfTwoThatWereQueuedTogether(allocator);
      eventually(
          () -> {
            System.gc();
            UnpooledByteBufAllocator.DEFAULT.directBuffer(1).release(); // the detector reports now
            return leaks.get() > 0;
          },
          leaks::get);
    } finally {
      ByteBufUtil.setLeakListener(null);
      ResourceLeakDetector.setLevel(before);
    }
  }

  private static void leakOneOfTwoThatWereQueuedTogether(LiteByteBufAllocator allocator)
      throws InterruptedException {
    ByteBuf first = allocator.directBuffer(100);
    ByteBuf second = allocator.directBuffer(100);
    Thread releaser =
        new Thread(
            () -> {
              first.release();
              second.release(); // its queue link is the first one
            });
    releaser.start();
    releaser.join();
    allocator.directBuffer(100); // drains both, and takes the first
  }
}
