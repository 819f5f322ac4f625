package io.github.litealloc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.netty.FallbackReason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MeasuredAllocatorTest {

  private final EventLoop loop = new DefaultEventLoop();

  @AfterEach
  void endLoop() {
    loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void fallbackShare_onTheEventLoop_isZero() throws Exception {
    try (MeasuredLite lite = new MeasuredLite(Candidate.lite("hybrid"), "test", 1 << 20)) {
      loop.submit(() -> lite.allocator().directBuffer(100).release()).get();

      assertThat(lite.fallbackShare()).isZero();
      assertThat(lite.arenaAllocations()).isEqualTo(1);
      assertThat(lite.fallbacks()).isEmpty();
    }
  }

  @Test
  void fallbackShare_halfBeyondTheBudget_isHalf() throws Exception {
    try (MeasuredLite lite = new MeasuredLite(Candidate.lite("hybrid"), "test", 1 << 20)) {
      loop.submit(() -> lite.allocator().directBuffer(100).release()).get();
      loop.submit(() -> lite.allocator().directBuffer(2 << 20).release()).get();

      assertThat(lite.fallbackShare()).isEqualTo(0.5);
      assertThat(lite.fallbacks()).containsEntry(FallbackReason.EXHAUSTED, 1L);
    }
  }

  @Test
  void fallbackShare_nothingFromAnArena_isOne() {
    try (MeasuredLite lite = new MeasuredLite(Candidate.lite("hybrid"), "test", 1 << 20)) {
      assertThat(lite.fallbackShare()).isEqualTo(1);
    }
  }

  @Test
  void usedBytes_buffersOut_areCountedUntilTheyReturn() throws Exception {
    try (MeasuredLite lite = new MeasuredLite(Candidate.lite("hybrid"), "test", 1 << 20)) {
      ByteBuf buffer = loop.submit(() -> lite.allocator().directBuffer(1_000)).get();
      assertThat(lite.usedBytes().getAsLong()).isGreaterThanOrEqualTo(1_000);

      loop.submit(() -> buffer.release()).get();
      assertThat(lite.usedBytes()).hasValue(0);
      assertThat(lite.peakReservedBytes()).isGreaterThanOrEqualTo(1_000);
    }
  }

  @Test
  void peakReservedBytes_ofAPeer_isTheHighestThatWasRead() {
    try (MeasuredAllocator unpooled =
        MeasuredAllocator.open(Candidate.peer(AllocatorKind.UNPOOLED), "test")) {
      ByteBuf buffer = unpooled.allocator().directBuffer(1_000);
      unpooled.reservedBytes();
      buffer.release();

      assertThat(unpooled.reservedBytes()).isZero();
      assertThat(unpooled.peakReservedBytes()).isEqualTo(1_000);
    }
  }
}
