package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Netty's own leak detector sees our buffers, at every level. */
final class LeakDetectionTest {

  private final Level levelBefore = ResourceLeakDetector.getLevel();
  private final AtomicInteger leaks = new AtomicInteger();
  private final LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");

  @BeforeEach
  void listen() {
    ByteBufUtil.setLeakListener((resourceType, records) -> leaks.incrementAndGet());
  }

  @AfterEach
  void restore() {
    ByteBufUtil.setLeakListener(null);
    ResourceLeakDetector.setLevel(levelBefore);
  }

  @Test
  void buffer_thatIsNeverReleased_isReported() throws Exception {
    ResourceLeakDetector.setLevel(Level.PARANOID);
    leak();
    eventually(
        () -> {
          System.gc();
          allocator.directBuffer(1).release(); // the detector reports when something is tracked
          return leaks.get() > 0;
        },
        leaks::get);
    assertThat(allocator.metric().liveBuffers()).isEqualTo(1);
  }

  private void leak() {
    allocator.directBuffer(100).writeByte(1);
  }

  @ParameterizedTest
  @EnumSource(Level.class)
  void buffer_thatIsReleased_isNotReportedAtAnyLevel(Level level) {
    ResourceLeakDetector.setLevel(level);
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
  }

  @Test
  void buffer_thatLeaksAfterItWasReleasedRemotelyBefore_isReported() throws Exception {
    ResourceLeakDetector.setLevel(Level.PARANOID);
    leakOneOfTwoThatWereQueuedTogether();
    eventually(
        () -> {
          System.gc();
          UnpooledByteBufAllocator.DEFAULT.directBuffer(1).release(); // the detector reports now
          return leaks.get() > 0;
        },
        leaks::get);
  }

  private void leakOneOfTwoThatWereQueuedTogether() throws InterruptedException {
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
