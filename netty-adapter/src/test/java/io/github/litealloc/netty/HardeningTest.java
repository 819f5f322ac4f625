package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.Hardening;
import io.github.litealloc.MemoryViolation;
import io.github.litealloc.MemoryViolationException;
import io.netty.buffer.ByteBuf;
import io.netty.util.IllegalReferenceCountException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Netty's bounds checks and reference counts cannot see, a hardened allocator finds. */
final class HardeningTest {

  private static final String STRATEGIES = "io.github.litealloc.netty.TestAllocators#strategies";

  private static final Class<? extends Exception> REFUSED = IllegalReferenceCountException.class;

  private final ConcurrentLinkedQueue<MemoryViolation> heard = new ConcurrentLinkedQueue<>();

  private LiteAllocatorBuilder telling(String strategy) {
    return TestAllocators.builder(strategy)
        .hardening(Hardening.debugBuilder().onViolation(heard::add).build());
  }

  private static ArenaStatistics statistics(LiteByteBufAllocator allocator) {
    return allocator.metric().arenas().get(0).statistics();
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void release_thenWriteThroughAStaleNioView_isReportedWithTheReleasingThread(String strategy)
      throws Exception {
    LiteByteBufAllocator allocator = telling(strategy).build();
    try (TestLoop loop = new TestLoop()) {
      AtomicReference<String> owner = new AtomicReference<>();
      ByteBuf buffer =
          loop.call(
              () -> {
                owner.set(Thread.currentThread().getName());
                return allocator.directBuffer(100).writeZero(100);
              });
      ByteBuffer stale = buffer.nioBuffer(0, 100);
      Thread releaser = new Thread(buffer::release, "the releaser");
      releaser.start();
      releaser.join();
      loop.run(() -> allocator.directBuffer(1).release()); // drains
      stale.put(42, (byte) 7);

      // The loop need not do anything more: the timer trims, and so looks.
      eventually(() -> !heard.isEmpty(), allocator::metric);
      MemoryViolation found = heard.remove();
      assertThat(found.kind()).isEqualTo(MemoryViolation.Kind.WRITE_AFTER_FREE);
      assertThat(found.bytes()).isEqualTo(100);
      assertThat(found.offset()).isEqualTo(42);
      assertThat(found.released()).hasToString("thread 'the releaser'");
      assertThat(found.allocated()).hasToString("thread '" + owner + '\'');
      assertThat(found.arena()).isEqualTo(owner.get());
      assertThat(statistics(allocator).violations()).isEqualTo(1);
      assertThat(allocator.metric().usedBytes()).isZero();
    }
    allocator.close();
  }

  @Test
  void release_writtenBehindTheEnd_throwsAndLosesNothing() {
    LiteByteBufAllocator allocator =
        TestAllocators.builder("hybrid").hardening(Hardening.debug()).build();
    for (int i = 0; i < 3; i++) {
      ByteBuf buffer = allocator.directBuffer(200);
      ByteBuffer tooLong = buffer.nioBuffer(0, 200);
      buffer.capacity(100);
      tooLong.put(100, (byte) 1);
      MemoryViolationException thrown =
          catchThrowableOfType(MemoryViolationException.class, buffer::release);
      assertThat(thrown.violation().offset()).isEqualTo(100);
      assertThat(buffer.refCnt()).isZero();
    }
    ArenaStatistics statistics = statistics(allocator);
    assertThat(statistics.violations()).isEqualTo(3);
    assertThat(statistics.liveBlocks()).isZero();
    allocator.close();
    assertThat(statistics.reservedBytes()).isZero();
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }

  @Test
  void release_zeroOnFree_wipes() {
    LiteByteBufAllocator allocator =
        TestAllocators.builder("hybrid").hardening(Hardening.zeroOnFree()).build();
    ByteBuf anchor = allocator.directBuffer(16);
    for (int bytes : List.of(32, 1_000, 50_000)) {
      ByteBuf secret = allocator.directBuffer(bytes);
      while (secret.isWritable()) {
        secret.writeByte(0x5E);
      }
      ByteBuffer stale = secret.nioBuffer(0, bytes);
      secret.capacity(bytes - 8);
      assertThat(stale.getLong(bytes - 8)).isZero();
      secret.release();
      for (int i = 0; i < bytes; i++) {
        assertThat(stale.get(i)).isZero();
      }
    }
    anchor.release();
    allocator.close();
  }

  @Test
  void release_ofAReleasedBuffer_isRefusedAndCountedOnWhateverThread() throws Exception {
    LiteByteBufAllocator allocator = telling("hybrid").build();
    try (TestLoop loop = new TestLoop()) {
      ByteBuf onLoop = loop.call(() -> allocator.directBuffer(100));
      loop.run(onLoop::release);
      loop.run(() -> assertThatThrownBy(onLoop::release).isInstanceOf(REFUSED));
      assertThatThrownBy(() -> onLoop.release(2)).isInstanceOf(REFUSED);

      ArenaStatistics statistics = statistics(allocator);
      assertThat(statistics.violationsDoubleRelease()).isEqualTo(2);
      assertThat(statistics.violations()).isEqualTo(2);
      assertThat(statistics.violationsWriteToFreeMemory()).isZero();
      ByteBuf more = loop.call(() -> allocator.directBuffer(100).retain());
      more.release();
      loop.run(more::release);
      assertThat(statistics.violationsDoubleRelease()).isEqualTo(2);
    }
    assertThat(heard).isEmpty(); // nobody has written anything
    allocator.close();
  }

  /** It has moved to memory of another allocator, which somebody else has released. */
  @Test
  void release_ofWhatABufferHasMovedToFails_isNotCounted() throws Exception {
    LiteByteBufAllocator allocator = telling("hybrid").build();
    try (TestLoop loop = new TestLoop()) {
      for (int references = 1; references <= 2; references++) {
        ByteBuf moved = loop.call(() -> allocator.directBuffer(100));
        moved.capacity(100_000); // off the loop
        ByteBuf substitute = ((LiteByteBuf) TestAllocators.innermost(moved)).substitute();
        assertThat(substitute).isNotNull().isNotInstanceOf(LiteByteBuf.class);
        substitute.release();
        if (references == 1) {
          assertThatThrownBy(moved::release).isInstanceOf(REFUSED);
        } else {
          moved.retain();
          assertThatThrownBy(() -> moved.release(2)).isInstanceOf(REFUSED);
        }
        assertThat(moved.refCnt()).isZero();
      }
      assertThat(statistics(allocator).violationsDoubleRelease()).isZero();
    }
    allocator.close();
  }

  /** Who does not want hardening has nothing more in the release of a buffer. */
  @Test
  void buffers_ofAnArenaThatIsNotHardened_areNotThoseThatCount() {
    LiteByteBufAllocator plain = TestAllocators.builder("hybrid").build();
    LiteByteBufAllocator hardened = telling("hybrid").build();
    ByteBuf fast = plain.directBuffer(100);
    ByteBuf counting = hardened.directBuffer(100);
    assertThat(TestAllocators.innermost(fast)).isExactlyInstanceOf(LiteByteBuf.class);
    assertThat(TestAllocators.innermost(counting)).isExactlyInstanceOf(LiteByteBuf.Hardened.class);
    fast.release();
    assertThatThrownBy(fast::release).isInstanceOf(REFUSED);
    assertThat(statistics(plain).violations()).isZero();
    counting.release();
    plain.close();
    hardened.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"off", "debug", "zero"})
  void systemProperty_isPassedOnToTheArenas(String value) {
    System.setProperty("litealloc.hardening", value);
    System.setProperty("litealloc.offLoop", "adopt");
    try {
      LiteByteBufAllocator allocator = new LiteByteBufAllocator();
      ByteBuf first = allocator.directBuffer(64);
      first.setLong(0, 1);
      ByteBuffer stale = first.nioBuffer(0, 64);
      ByteBuf second = allocator.directBuffer(64);
      first.release();
      assertThat(stale.getLong(0))
          .isEqualTo(
              switch (value) {
                case "off" -> 1;
                case "zero" -> 0;
                default -> 0xA5A5A5A5A5A5A5A5L;
              });
      second.release();
      assertThat(allocator.metric().usedBytes() > 0).isEqualTo(value.equals("debug"));
      allocator.close();
    } finally {
      System.clearProperty("litealloc.hardening");
      System.clearProperty("litealloc.offLoop");
    }
  }

  @Test
  void systemProperty_notAllowed_isRefused() {
    System.setProperty("litealloc.hardening", "");
    try {
      assertThatThrownBy(LiteByteBufAllocator::new)
          .hasMessage(
              "-Dlitealloc.hardening= is not allowed: '' (expected: one of off, debug, zero)");
    } finally {
      System.clearProperty("litealloc.hardening");
    }
  }
}
