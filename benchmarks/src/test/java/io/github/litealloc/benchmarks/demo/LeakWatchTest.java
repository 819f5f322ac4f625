package io.github.litealloc.benchmarks.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.MeasuredAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.util.ResourceLeakDetector;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LeakWatchTest {

  private final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();

  static Stream<Candidate> candidates() {
    return Stream.of(
        Candidate.lite("hybrid"),
        Candidate.peer(AllocatorKind.POOLED),
        Candidate.peer(AllocatorKind.UNPOOLED));
  }

  @BeforeEach
  void trackEveryBuffer() throws InterruptedException {
    LeakWatch.provokeReports(); // what other tests may have left
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
  }

  @AfterEach
  void restoreLevel() {
    ResourceLeakDetector.setLevel(level);
  }

  @Test
  void watchesBuffers_installedFirst_isTrue() {
    assertThat(LeakWatch.watchesBuffers()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("candidates")
  void reports_bufferLeakedOnPurpose_isCounted(Candidate candidate) throws Exception {
    EventLoop loop = new DefaultEventLoop();
    try (MeasuredAllocator measured = MeasuredAllocator.open(candidate, "test")) {
      long before = LeakWatch.reports();
      loop.submit(() -> leak(measured.allocator(), candidate)).get();

      LeakWatch.provokeReports();

      assertThat(LeakWatch.reports()).isEqualTo(before + 1);
    } finally {
      loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  @Test
  void reports_releasedBuffers_areNone() throws Exception {
    try (MeasuredAllocator measured = MeasuredAllocator.open(Candidate.lite("hybrid"), "test")) {
      long before = LeakWatch.reports();
      for (int i = 0; i < 100; i++) {
        measured.allocator().directBuffer(100).release();
      }

      LeakWatch.provokeReports();

      assertThat(LeakWatch.reports()).isEqualTo(before);
    }
  }

  private static void leak(ByteBufAllocator allocator, Candidate candidate) {
    ByteBuf lost = allocator.directBuffer(100);
    // A record of its own: the detector reports each record once.
    lost.touch("lost on purpose, " + candidate);
  }
}
