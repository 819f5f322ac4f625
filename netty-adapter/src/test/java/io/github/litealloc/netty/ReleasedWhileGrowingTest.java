package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.Blocks;
import io.github.litealloc.Chunks;
import io.github.litealloc.Hardening;
import io.github.litealloc.Strategy;
import io.github.litealloc.StrategyFactory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.util.IllegalReferenceCountException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Code that a growth calls releases, resizes or writes the buffer that grows. Whoever grows it is
 * told; nobody else notices anything.
 */
final class ReleasedWhileGrowingTest {

  private static final String STRATEGIES = "io.github.litealloc.netty.TestAllocators#strategies";
  private static final long MAX_BYTES = 1 << 20;
  private static final int BYTES = 60_000;
  private static final int TOO_MUCH = 1_500_000;

  /** A connection with a buffer that it releases when it is closed. */
  private static final class Connection {
    private final ByteBuf buffer;

    Connection(LiteByteBufAllocator allocator, int id) {
      buffer = allocator.directBuffer(BYTES).writeLong(id);
    }

    void close() {
      if (buffer.refCnt() > 0) {
        buffer.release(buffer.refCnt());
      }
    }
  }

  /** Counts what it has given, and runs something before it gives. */
  private static final class Fallback {
    private final UnpooledByteBufAllocator unpooled =
        new UnpooledByteBufAllocator(true, true); // its metric tells what is not given back
    private Runnable before = () -> {};

    ByteBuf give(int capacity, int maxCapacity) {
      before.run();
      return unpooled.directBuffer(capacity, maxCapacity);
    }

    TestGiver allocator() {
      return new TestGiver(this::give);
    }

    long usedBytes() {
      return unpooled.metric().usedDirectMemory();
    }
  }

  private static void requireWholeArenaAfterDraining(LiteByteBufAllocator allocator) {
    allocator.trimOnThisThread();
    requireWholeArena(allocator);
  }

  /** That two fresh buffers are two, and nothing else is live. */
  private static void requireWholeArena(LiteByteBufAllocator allocator, ByteBuf... live) {
    assertThat(allocator.metric().liveBuffers()).isEqualTo(live.length);
    List<ByteBuf> fresh = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      fresh.add(allocator.directBuffer(BYTES).writeLong(100 + i));
    }
    assertThat(allocator.metric().liveBuffers()).isEqualTo(live.length + 4);
    for (int i = 0; i < 4; i++) {
      assertThat(fresh.get(i).getLong(0)).isEqualTo(100 + i);
      assertThat(fresh.get(i).release()).isTrue();
    }
    for (ByteBuf buffer : live) {
      assertThat(buffer.release()).isTrue();
    }
    allocator.trimOnThisThread();
    assertThat(allocator.metric().usedBytes()).isZero();
    assertThat(allocator.metric().requestedBytes()).isZero();
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void capacity_whereTheExhaustionHandlerClosesWhoHoldsMost_harmsNobodyElse(String strategy)
      throws Exception {
    List<Connection> connections = new ArrayList<>();
    Fallback fallback = new Fallback();
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .strategy(strategy)
            .maxBytes(MAX_BYTES)
            .whenExhausted(
                request -> {
                  connections.stream()
                      .max(Comparator.comparingInt(each -> each.buffer.capacity()))
                      .orElseThrow()
                      .close();
                  return fallback.give(request.requestedBytes(), request.maxCapacity());
                })
            .build();
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            for (int id = 0; id < 3; id++) {
              connections.add(new Connection(allocator, id));
            }
            ByteBuf growing = connections.get(0).buffer;
            assertThatThrownBy(() -> growing.writeBytes(new byte[TOO_MUCH]))
                .isInstanceOf(IllegalReferenceCountException.class);
            assertThat(growing.refCnt()).isZero();
            assertThat(fallback.usedBytes()).isZero();
            ByteBuf second = connections.get(1).buffer;
            ByteBuf third = connections.get(2).buffer;
            assertThat(second.getLong(0)).isEqualTo(1);
            assertThat(third.getLong(0)).isEqualTo(2);
            requireWholeArena(allocator, second, third);
          });
    }
    allocator.close();
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void capacity_whereTheHandlerReleasesAndThrows_throwsWhatTheHandlerThrew(String strategy)
      throws Exception {
    List<ByteBuf> growing = new ArrayList<>();
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .strategy(strategy)
            .maxBytes(MAX_BYTES)
            .whenExhausted(
                request -> {
                  growing.get(0).release();
                  throw new DirectMemoryExhaustedError(request);
                })
            .build();
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            growing.add(allocator.directBuffer(BYTES));
            assertThatThrownBy(() -> growing.get(0).capacity(TOO_MUCH))
                .isInstanceOf(DirectMemoryExhaustedError.class);
            assertThat(growing.get(0).refCnt()).isZero();
            requireWholeArena(allocator);
          });
    }
    allocator.close();
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void capacity_whereTheFallbackReleasesIt_onTheOwnerAndElsewhere_harmsNobodyElse(String strategy)
      throws Exception {
    Fallback fallback = new Fallback();
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .strategy(strategy)
            .maxBytes(MAX_BYTES)
            .fallback(fallback.allocator())
            .offLoop(OffLoopPolicy.FALLBACK)
            .build();
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            ByteBuf growing = allocator.directBuffer(BYTES);
            fallback.before = growing::release;
            assertThatThrownBy(() -> growing.capacity(TOO_MUCH))
                .isInstanceOf(IllegalReferenceCountException.class);
            requireWholeArena(allocator);
          });
      ByteBuf growing = loop.call(() -> allocator.directBuffer(BYTES));
      fallback.before = growing::release;
      assertThatThrownBy(() -> growing.capacity(2 * BYTES)) // on this thread
          .isInstanceOf(IllegalReferenceCountException.class);
      assertThat(fallback.usedBytes()).isZero();
      loop.run(() -> requireWholeArenaAfterDraining(allocator));
    }
    allocator.close();
  }

  @Test
  void capacity_whereAnotherThreadReleasesAllReferences_harmsNobodyElse() throws Exception {
    Fallback fallback = new Fallback();
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .maxBytes(MAX_BYTES)
            .fallback(fallback.allocator())
            .offLoop(OffLoopPolicy.FALLBACK)
            .build();
    try (TestLoop loop = new TestLoop();
        TestLoop other = new TestLoop()) {
      loop.run(
          () -> {
            ByteBuf growing = allocator.directBuffer(BYTES).retain(2);
            fallback.before =
                () -> {
                  assertThat(growing.refCnt()).isEqualTo(3); // a hold is no reference
                  boolean wasLast = onAnotherThread(other, () -> growing.release(growing.refCnt()));
                  assertThat(wasLast).isTrue();
                  assertThat(growing.refCnt()).isZero();
                  assertThatThrownBy(growing::release)
                      .isInstanceOf(IllegalReferenceCountException.class);
                  allocator.trimOnThisThread(); // takes in what other threads have released
                };
            assertThatThrownBy(() -> growing.capacity(TOO_MUCH))
                .isInstanceOf(IllegalReferenceCountException.class);
            assertThat(fallback.usedBytes()).isZero();
            requireWholeArena(allocator);
          });
    }
    allocator.close();
  }

  private static <T> T onAnotherThread(TestLoop loop, Callable<T> code) {
    try {
      return loop.call(code);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void capacity_whereTheFallbackHasRetainedIt_goesOn() throws Exception {
    Fallback fallback = new Fallback();
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .maxBytes(MAX_BYTES)
            .fallback(fallback.allocator())
            .offLoop(OffLoopPolicy.FALLBACK)
            .build();
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            ByteBuf growing = allocator.directBuffer(BYTES).writeLong(42);
            fallback.before = () -> growing.retain().release();
            assertThat(growing.capacity(TOO_MUCH).getLong(0)).isEqualTo(42);
            assertThat(growing.release()).isTrue();
            assertThat(fallback.usedBytes()).isZero();
            requireWholeArena(allocator);
          });
    }
    allocator.close();
  }

  /** A chunk for each block; what a test wants is done when a block is to be resized or freed. */
  private static final class Meddling implements StrategyFactory {
    private Runnable whenResized = () -> {};
    private Runnable whenFreed = () -> {};

    @Override
    public String name() {
      return "meddling";
    }

    @Override
    public Strategy create(Chunks chunks) {
      return new Strategy(chunks) {
        @Override
        protected long allocate(int bytes, int alignment) {
          int slot = chunks.take(Math.max(1, bytes) + alignment);
          if (slot == Chunks.NO_CHUNK) {
            return Blocks.NO_BLOCK;
          }
          chunks.blockAllocated(slot, chunks.bytes(slot));
          return Blocks.block(slot, (int) chunks.alignedOffset(slot, 0, alignment));
        }

        @Override
        protected void free(long block, int bytes) {
          whenFreed.run();
          int slot = Blocks.chunk(block);
          if (chunks.blockFreed(slot, chunks.bytes(slot))) {
            chunks.giveBack(slot, 0);
          }
        }

        @Override
        protected long resize(long block, int oldBytes, int newBytes) {
          whenResized.run();
          return newBytes <= sizeOf(block, oldBytes) ? block : Blocks.NO_BLOCK;
        }

        @Override
        protected int sizeOf(long block, int bytes) {
          if (!chunks.isHeld(Blocks.chunk(block))) {
            throw new IllegalStateException("asked for a block that is not live");
          }
          return chunks.bytes(Blocks.chunk(block)) - Blocks.offset(block);
        }

        @Override
        protected void trim() {}

        @Override
        protected void reset() {}
      };
    }
  }

  @Test
  void capacity_whereTheStrategyReleasesIt_inPlaceAndMoved_harmsNobodyElse() throws Exception {
    Meddling strategy = new Meddling();
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder().strategy(strategy).maxBytes(MAX_BYTES).build();
    try (TestLoop loop = new TestLoop()) {
      for (int capacity : new int[] {BYTES + 1_000, 100, 4 * BYTES}) {
        loop.run(
            () -> {
              ByteBuf resized = allocator.directBuffer(BYTES);
              strategy.whenResized = once(strategy, resized);
              assertThatThrownBy(() -> resized.capacity(capacity))
                  .isInstanceOf(IllegalReferenceCountException.class);
              requireWholeArena(allocator);

              ByteBuf moved = allocator.directBuffer(BYTES);
              strategy.whenFreed = once(strategy, moved);
              if (capacity > 2 * BYTES) {
                assertThatThrownBy(() -> moved.capacity(capacity))
                    .isInstanceOf(IllegalReferenceCountException.class);
              } else {
                strategy.whenFreed = () -> {};
                moved.capacity(capacity).release();
              }
              requireWholeArena(allocator);
            });
      }
    }
    allocator.close();
  }

  @Test
  void capacity_whileRecorded_asksTheStrategyForNoBlockThatIsGone() throws Exception {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder().strategy(new Meddling()).maxBytes(MAX_BYTES).build();
    try (TestLoop loop = new TestLoop();
        Recording recording = new Recording()) {
      recording.enable("io.netty.ReallocateBuffer").withoutThreshold();
      recording.start();
      loop.run(
          () -> {
            ByteBuf buffer = allocator.directBuffer(BYTES).writeLong(42);
            assertThat(buffer.capacity(4 * BYTES).getLong(0)).isEqualTo(42);
            buffer.release();
            requireWholeArena(allocator);
          });
    }
    allocator.close();
  }

  private static Runnable once(Meddling strategy, ByteBuf buffer) {
    return () -> {
      strategy.whenResized = () -> {};
      strategy.whenFreed = () -> {};
      buffer.release();
    };
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void capacity_whereWhoHearsOfDamageReleasesIt_harmsNobodyElse(String strategy) throws Exception {
    List<ByteBuf> growing = new ArrayList<>();
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .strategy(strategy)
            .maxBytes(MAX_BYTES)
            .hardening(
                Hardening.debugBuilder().onViolation(found -> growing.remove(0).release()).build())
            .build();
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            ByteBuf buffer = allocator.directBuffer(200);
            ByteBuffer tooLong = buffer.nioBuffer(0, 200);
            buffer.capacity(100);
            tooLong.put(101, (byte) 7);
            growing.add(buffer);
            assertThatThrownBy(() -> buffer.capacity(30_000))
                .isInstanceOf(IllegalReferenceCountException.class);
            assertThat(growing).isEmpty();
            assertThat(allocator.metric().liveBuffers()).isZero();
            allocator.trimOnThisThread(); // ends the quarantine
            assertThat(allocator.metric().usedBytes()).isZero();
          });
    }
    allocator.close();
  }

  // ---- what else such code may do to the buffer ----

  @Test
  void capacity_whereTheFallbackResizesIt_isRefusedThereAndGoesOnHere() throws Exception {
    Fallback fallback = new Fallback();
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .maxBytes(MAX_BYTES)
            .fallback(fallback.allocator())
            .offLoop(OffLoopPolicy.FALLBACK)
            .build();
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            ByteBuf growing = allocator.directBuffer(BYTES).writeLong(42);
            fallback.before =
                () ->
                    assertThatThrownBy(() -> growing.capacity(10))
                        .isInstanceOf(IllegalStateException.class)
                        .isNotInstanceOf(IllegalReferenceCountException.class)
                        .hasMessageContaining("(expected: one change at a time");
            assertThat(growing.capacity(TOO_MUCH).getLong(0)).isEqualTo(42);
            assertThat(growing.capacity(10).release()).isTrue();
            requireWholeArena(allocator);
          });
    }
    allocator.close();
  }

  @Test
  void writeLong_whereTheFallbackHasMovedTheWriterIndex_isRefused() throws Exception {
    Fallback fallback = new Fallback();
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .maxBytes(MAX_BYTES)
            .fallback(fallback.allocator())
            .offLoop(OffLoopPolicy.FALLBACK)
            .build();
    try (TestLoop loop = new TestLoop()) {
      ByteBuf growing = loop.call(() -> allocator.directBuffer(100, 103).writeZero(95));
      fallback.before = () -> growing.writerIndex(100);
      // There would be room for it at 95, where the writer index was, but not at 100.
      assertThatThrownBy(() -> growing.writeLong(42)) // on this thread, so it moves
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("writerIndex: 100 (expected: 95");
      assertThat(growing.capacity()).isEqualTo(103);
      assertThat(growing.writerIndex()).isEqualTo(100);
      loop.run(
          () -> {
            growing.release();
            assertThat(fallback.usedBytes()).isZero();
            requireWholeArenaAfterDraining(allocator);
          });
    }
    allocator.close();
  }

  // ---- a buffer that has moved ----

  /** Does what a test wants when its capacity is changed. */
  private static final class Substitute extends UnpooledDirectByteBuf {
    private Runnable before = () -> {};
    private Runnable after = () -> {};

    Substitute(int capacity, int maxCapacity) {
      super(UnpooledByteBufAllocator.DEFAULT, capacity, maxCapacity);
    }

    @Override
    public ByteBuf capacity(int newCapacity) {
      before.run();
      super.capacity(newCapacity);
      after.run();
      return this;
    }
  }

  private final List<Substitute> substitutes = new ArrayList<>();

  private ByteBuf substitute(int capacity, int maxCapacity) {
    Substitute made = new Substitute(capacity, maxCapacity);
    substitutes.add(made);
    return made;
  }

  private ByteBuf moved(LiteByteBufAllocator allocator, TestLoop loop) throws Exception {
    ByteBuf buffer = loop.call(() -> allocator.directBuffer(100).writeLong(42));
    return buffer.capacity(1_000); // on this thread
  }

  @Test
  void capacity_ofAMovedBufferThatItsSubstituteReleases_isTold() throws Exception {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .fallback(new TestGiver(this::substitute))
            .offLoop(OffLoopPolicy.FALLBACK)
            .build();
    try (TestLoop loop = new TestLoop()) {
      ByteBuf buffer = moved(allocator, loop);
      substitutes.get(0).before = buffer::release;
      assertThatThrownBy(() -> buffer.capacity(2_000))
          .isInstanceOf(IllegalReferenceCountException.class);
      assertThat(substitutes.get(0).refCnt()).isZero();
      loop.run(() -> requireWholeArenaAfterDraining(allocator));
    }
    allocator.close();
  }

  @Test
  void capacity_ofAMovedBufferWhoseSubstituteFailsAfterItHasGrown_keepsTheContents()
      throws Exception {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .fallback(new TestGiver(this::substitute))
            .offLoop(OffLoopPolicy.FALLBACK)
            .build();
    try (TestLoop loop = new TestLoop()) {
      ByteBuf buffer = moved(allocator, loop);
      Substitute substitute = substitutes.get(0);
      substitute.after =
          () -> {
            throw new UnsupportedOperationException("thrown by a test");
          };
      assertThatThrownBy(() -> buffer.capacity(2_000))
          .isInstanceOf(UnsupportedOperationException.class);
      assertThat(buffer.capacity()).isEqualTo(1_000);
      assertThat(buffer.setLong(992, 43).getLong(0)).isEqualTo(42);
      assertThat(substitute.getLong(992)).isEqualTo(43); // its memory is this one's
      assertThatThrownBy(() -> buffer.capacity(10))
          .isInstanceOf(UnsupportedOperationException.class);
      assertThat(buffer.capacity()).isEqualTo(10); // all that there is
      assertThat(buffer.getLong(0)).isEqualTo(42);
      assertThatThrownBy(() -> buffer.getLong(8)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThat(buffer.release()).isTrue();
      assertThat(substitute.refCnt()).isZero();
      loop.run(() -> requireWholeArenaAfterDraining(allocator));
    }
    allocator.close();
  }

  @Test
  void capacity_ofAMovedBufferWhoseSubstituteIsGone_losesItsBytesAndNothingElse() throws Exception {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .fallback(new TestGiver(this::substitute))
            .offLoop(OffLoopPolicy.FALLBACK)
            .build();
    try (TestLoop loop = new TestLoop()) {
      ByteBuf buffer = moved(allocator, loop);
      substitutes.get(0).after = () -> substitutes.get(0).release(); // not its own to release
      assertThatThrownBy(() -> buffer.capacity(2_000))
          .isInstanceOf(IllegalReferenceCountException.class);
      assertThat(buffer.capacity()).isZero();
      assertThat(buffer.isReadable()).isFalse();
      assertThatThrownBy(() -> buffer.getLong(0)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(buffer::release).isInstanceOf(IllegalReferenceCountException.class);
      loop.run(() -> requireWholeArenaAfterDraining(allocator)); // has the object again
    }
    allocator.close();
  }

  @Test
  void copy_whereWhoServesTheCopyReleasesTheSource_leaksNothing() throws Exception {
    Fallback fallback = new Fallback();
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .maxBytes(MAX_BYTES)
            .fallback(fallback.allocator())
            .offLoop(OffLoopPolicy.FALLBACK)
            .build();
    ByteBuf source;
    try (TestLoop loop = new TestLoop()) {
      source = loop.call(() -> allocator.directBuffer(BYTES).writeZero(BYTES));
      fallback.before = source::release;
      assertThatThrownBy(source::copy) // on this thread, which has no arena
          .isInstanceOf(IllegalReferenceCountException.class);
      assertThat(fallback.usedBytes()).isZero();
    }
    allocator.close();
  }
}
