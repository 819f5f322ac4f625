package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import io.netty.util.internal.PlatformDependent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What others serve because an arena is exhausted is ours all the same. */
final class ElsewhereTest {

  private static final int MAX_BYTES = 1 << 20;
  private static final int BUFFERS = 300;
  private static final int BYTES = 10_000;

  private final Level levelBefore = ResourceLeakDetector.getLevel();
  private final UnpooledByteBufAllocator fallback = new UnpooledByteBufAllocator(true);
  private final List<ByteBuf> buffers = new ArrayList<>();

  @AfterEach
  void restore() {
    ResourceLeakDetector.setLevel(levelBefore);
  }

  private LiteAllocatorBuilder builder() {
    return LiteByteBufAllocator.builder().name("elsewhere").maxBytes(MAX_BYTES);
  }

  private void fill(LiteByteBufAllocator allocator) {
    for (int i = 0; i < BUFFERS; i++) {
      buffers.add(allocator.directBuffer(BYTES).writeLong(i).setLong(BYTES - 8, i));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Level.class,
      names = {"DISABLED", "PARANOID"})
  void directBuffer_ofAnExhaustedLoop_isOursAndListedAndCounted(Level level) throws Exception {
    ResourceLeakDetector.setLevel(level);
    LiteByteBufAllocator allocator = builder().fallback(fallback).build();
    try (TestLoop loop = new TestLoop()) {
      loop.run(() -> fill(allocator));
      requireListedAndCounted(allocator);
      loop.run(() -> buffers.subList(0, BUFFERS / 2).forEach(ByteBuf::release));
      buffers.subList(BUFFERS / 2, BUFFERS).forEach(ByteBuf::release);
      assertThat(fallback.metric().usedDirectMemory()).isZero();
      assertThat(allocator.metric().elsewhereBytes()).isZero();
      assertThat(allocator.metric().elsewhereBuffers()).isZero();
      assertThat(allocator.outstanding().isEmpty()).isTrue();
      loop.run(() -> assertThat(allocator.directBuffer(BYTES).release()).isTrue());
    }
    allocator.close();
    eventually(() -> allocator.metric().budget().reservedBytes() == 0, allocator::metric);
  }

  private void requireListedAndCounted(LiteByteBufAllocator allocator) {
    LiteAllocatorMetric metric = allocator.metric();
    long elsewhere = metric.fallbacks(FallbackReason.EXHAUSTED);
    assertThat(metric.elsewhereBuffers()).isEqualTo(elsewhere).isPositive();
    assertThat(metric.liveBuffers() + elsewhere).isEqualTo(BUFFERS);
    assertThat(metric.elsewhereBytes()).isEqualTo(elsewhere * BYTES);
    assertThat(fallback.metric().usedDirectMemory()).isEqualTo(elsewhere * BYTES);
    assertThat(allocator.outstanding().buffers()).hasSize(BUFFERS);
    for (int i = 0; i < BUFFERS; i++) {
      assertThat(buffers.get(i).alloc()).isSameAs(allocator);
      assertThat(buffers.get(i).getLong(0)).isEqualTo(i);
      assertThat(buffers.get(i).getLong(BYTES - 8)).isEqualTo(i);
    }
  }

  /** What is outside of the ceiling stays in sight, although nothing in its arena is live. */
  @Test
  void directBuffer_elsewhereWhileTheAllocatorCloses_isListedUntilItsRelease() throws Exception {
    LiteByteBufAllocator allocator = builder().fallback(fallback).build();
    ByteBuf onLoop;
    try (TestLoop loop = new TestLoop()) {
      onLoop = loop.call(() -> allocator.directBuffer(2 * MAX_BYTES));
      ByteBuf offLoop = allocator.directBuffer(2 * MAX_BYTES);
      loop.run(allocator::close);
      allocator.trim().sync();
      assertThat(allocator.outstanding().buffers()).hasSize(2);
      assertThat(allocator.metric().arenas()).hasSize(2);
      offLoop.release();
    }
    assertThat(allocator.outstanding().buffers()).hasSize(1);
    onLoop.release();
    assertThat(allocator.outstanding().isEmpty()).isTrue();
    assertThat(allocator.metric().arenas()).isEmpty();
  }

  /** Its object may be in its next life by then. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void release_whereTheStackEndsAfterItsCount_isNotDoneAgain(boolean isOnLoop) throws Exception {
    AtomicInteger releases = new AtomicInteger();
    LiteByteBufAllocator allocator =
        builder()
            .whenExhausted(
                request -> new EndsTheStack(request.requestedBytes(), releases::incrementAndGet))
            .build();
    try (TestLoop loop = new TestLoop()) {
      TestLoop.ThrowingRunnable trial =
          () -> {
            ByteBuf buffer = allocator.directBuffer(2 * MAX_BYTES);
            assertThat(buffer.release()).isTrue();
            ByteBuf next = allocator.directBuffer(2 * MAX_BYTES); // hands over what is left
            assertThat(releases).hasValue(1);
            next.release();
          };
      if (isOnLoop) {
        loop.run(trial);
      } else {
        trial.run();
      }
      assertThat(allocator.metric().elsewhereBuffers()).isZero();
      allocator.close();
    }
    assertThat(releases).hasValue(2);
    assertThat(allocator.metric().arenas()).isEmpty();
  }

  /** Of a pool, say: it is another buffer's object as soon as its count is 0. */
  private static final class EndsTheStack extends UnpooledDirectByteBuf {
    private final Runnable released;

    EndsTheStack(int bytes, Runnable released) {
      super(UnpooledByteBufAllocator.DEFAULT, bytes, Integer.MAX_VALUE);
      this.released = released;
    }

    @Override
    protected void deallocate() {
      super.deallocate();
      released.run();
      resetRefCnt();
      throw new StackOverflowError("by the test");
    }
  }

  @Test
  void directBuffer_ofExhaustedSharedArenas_isOursAndListedAndCounted() throws Exception {
    LiteByteBufAllocator allocator = builder().fallback(fallback).build();
    fill(allocator);
    requireListedAndCounted(allocator);
    Thread releaser = new Thread(() -> buffers.forEach(ByteBuf::release));
    releaser.start();
    releaser.join();
    assertThat(fallback.metric().usedDirectMemory()).isZero();
    assertThat(allocator.metric().elsewhereBytes()).isZero();
    assertThat(allocator.outstanding().isEmpty()).isTrue();
    allocator.close();
  }

  @Test
  void capacity_ofABufferElsewhere_isCountedAsItIs() throws Exception {
    LiteByteBufAllocator allocator = builder().fallback(fallback).build();
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            ByteBuf buffer = allocator.directBuffer(2 * MAX_BYTES).writeInt(42);
            assertThat(allocator.metric().elsewhereBytes()).isEqualTo(2 * MAX_BYTES);
            buffer.capacity(3 * MAX_BYTES);
            assertThat(allocator.metric().elsewhereBytes()).isEqualTo(3 * MAX_BYTES);
            buffer.capacity(100);
            assertThat(allocator.metric().elsewhereBytes()).isEqualTo(100);
            assertThat(buffer.getInt(0)).isEqualTo(42);
            assertThat(buffer.release()).isTrue();
            ByteBuf grown = allocator.directBuffer(100);
            assertThat(allocator.metric().elsewhereBytes()).isZero();
            grown.capacity(2 * MAX_BYTES);
            assertThat(allocator.metric().elsewhereBytes()).isEqualTo(2 * MAX_BYTES);
            grown.release();
            assertThat(allocator.metric().elsewhereBytes()).isZero();
            assertThat(allocator.metric().elsewhereBuffers()).isZero();
          });
    }
    allocator.close();
  }

  @Test
  void directBuffer_elsewhereWhenItsLoopHasEnded_isReleasedAllTheSame() throws Exception {
    LiteByteBufAllocator allocator = builder().fallback(fallback).build();
    try (TestLoop loop = new TestLoop()) {
      loop.run(() -> fill(allocator));
    }
    requireListedAndCounted(allocator);
    buffers.forEach(ByteBuf::release);
    assertThat(fallback.metric().usedDirectMemory()).isZero();
    assertThat(allocator.metric().elsewhereBytes()).isZero();
    assertThat(allocator.metric().arenas()).isEmpty();
    allocator.close();
  }

  /** Though its arena has no block, and is at its end. */
  @ParameterizedTest
  @MethodSource("ends")
  void outstanding_ofABufferElsewhere_listsItUntilItsReleaseWhateverHasEnded(
      String end, boolean isOnLoop, boolean isGrown) throws Exception {
    LiteByteBufAllocator allocator = builder().fallback(fallback).build();
    TestLoop loop = new TestLoop();
    Callable<ByteBuf> asks =
        () ->
            isGrown
                ? allocator.directBuffer(100).writeInt(42).capacity(2 * MAX_BYTES)
                : allocator.directBuffer(2 * MAX_BYTES).writeInt(42);
    ByteBuf buffer = isOnLoop ? loop.call(asks) : asks.call();
    switch (end) {
      case "close" -> allocator.closeAsync().get();
      case "strategy" -> {
        allocator.strategy("free-list");
        loop.run(() -> allocator.directBuffer(10).release());
      }
      default -> {
        loop.close();
        allocator.trim().get();
      }
    }
    assertThat(allocator.outstanding().buffers())
        .singleElement()
        .matches(OutstandingBuffer::moved)
        .matches(each -> each.capacityBytes() == 2 * MAX_BYTES);
    assertThatThrownBy(allocator::assertNoneOutstanding).isInstanceOf(AssertionError.class);
    assertThat(allocator.metric().elsewhereBytes()).isEqualTo(2 * MAX_BYTES);
    assertThat(buffer.alloc()).isSameAs(allocator);
    allocator.close();
    LiteByteBufAllocator next = builder().build();
    assertThat(next.name()).as("while a buffer is out").isNotEqualTo(allocator.name());

    assertThat(buffer.readInt()).isEqualTo(42);
    assertThat(buffer.release()).isTrue();
    eventually(() -> allocator.metric().arenas().isEmpty(), allocator::metric);
    assertThat(allocator.outstanding().isEmpty()).isTrue();
    assertThat(allocator.metric().elsewhereBuffers()).isZero();
    assertThat(fallback.metric().usedDirectMemory()).isZero();
    LiteByteBufAllocator last = builder().build();
    assertThat(last.name()).isEqualTo(allocator.name());
    last.close();
    next.close();
    loop.close();
  }

  /** By what is asked for the memory that it has given: nothing else of the arena is live then. */
  @ParameterizedTest
  @CsvSource({"close, true", "close, false", "strategy, true", "strategy, false"})
  void outstanding_ofABufferWhoseArenaEndsWhileItStarts_listsItUntilItsRelease(
      String end, boolean isOnLoop) throws Exception {
    AtomicReference<Runnable> whenAsked = new AtomicReference<>(() -> {});
    AtomicInteger asked = new AtomicInteger();
    LiteByteBufAllocator allocator =
        builder()
            .fallback(new TestGiver((capacity, most) -> asks(capacity, most, asked, whenAsked)))
            .build();
    whenAsked.set(end.equals("close") ? allocator::close : () -> allocator.strategy("free-list"));
    try (TestLoop loop = new TestLoop()) {
      Callable<ByteBuf> asks = () -> allocator.directBuffer(2 * MAX_BYTES).writeInt(42);
      ByteBuf buffer = isOnLoop ? loop.call(asks) : asks.call();
      assertThat(asked.get()).as("questions").isGreaterThanOrEqualTo(2);
      loop.run(() -> {});
      assertThat(allocator.outstanding().buffers()).hasSize(1);
      assertThat(allocator.metric().arenas()).isNotEmpty();
      assertThat(buffer.readInt()).isEqualTo(42);
      assertThat(buffer.release()).isTrue();
      loop.run(() -> {});
      allocator.closeAsync().get();
      eventually(() -> allocator.metric().arenas().isEmpty(), allocator::metric);
      assertThat(allocator.metric().elsewhereBuffers()).isZero();
    }
  }

  /** When it is asked for its memory again, once it is known to be usable, something is run. */
  private static ByteBuf asks(
      int capacity, int most, AtomicInteger asked, AtomicReference<Runnable> whenAsked) {
    return new UnpooledDirectByteBuf(UnpooledByteBufAllocator.DEFAULT, capacity, most) {
      @Override
      public ByteBuffer nioBuffer(int index, int count) {
        if (asked.incrementAndGet() == 2) {
          whenAsked.get().run();
        }
        return super.nioBuffer(index, count);
      }
    };
  }

  static Stream<Arguments> ends() {
    return Stream.of("close", "strategy", "loop")
        .flatMap(
            end ->
                Stream.of(
                    Arguments.of(end, true, false),
                    Arguments.of(end, true, true),
                    Arguments.of(end, false, false),
                    Arguments.of(end, false, true)));
  }

  @Test
  void directBuffer_whileStrategiesChange_isOursAll() throws Exception {
    LiteByteBufAllocator allocator = builder().fallback(fallback).build();
    AtomicBoolean hasEnded = new AtomicBoolean();
    Callable<Long> load =
        () -> {
          long foreign = 0;
          while (!hasEnded.get()) {
            ByteBuf buffer = allocator.directBuffer(2 * MAX_BYTES);
            foreign += buffer.alloc() == allocator ? 0 : 1;
            buffer.release();
          }
          return foreign;
        };
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try (TestLoop loop = new TestLoop()) {
      List<Future<Long>> foreign = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        foreign.add(threads.submit(load));
      }
      foreign.add(loop.loop().submit(load));
      for (int i = 0; i < 100; i++) {
        allocator.strategy(i % 2 == 0 ? "free-list" : "hybrid");
        Thread.sleep(0, 100_000);
      }
      hasEnded.set(true);
      for (Future<Long> each : foreign) {
        assertThat(each.get()).isZero();
      }
    } finally {
      hasEnded.set(true);
      threads.shutdown();
    }
    assertThat(allocator.metric().fallbacks(FallbackReason.EXHAUSTED)).isPositive();
    assertThat(allocator.metric().fallbacks(FallbackReason.CLOSED)).isZero();
    assertThat(allocator.metric().elsewhereBuffers()).isZero();
    allocator.close();
    eventually(() -> allocator.metric().arenas().isEmpty(), allocator::metric);
  }

  @Test
  void directBuffer_afterTheDefaultFallbackHasServed_leavesNothingOfIt() throws Exception {
    LiteByteBufAllocator allocator = builder().build();
    long before = PlatformDependent.usedDirectMemory();
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            for (int i = 0; i < 64; i++) {
              buffers.add(allocator.directBuffer(1 << 20));
            }
            assertThat(allocator.metric().elsewhereBytes()).isGreaterThanOrEqualTo(63L << 20);
            buffers.forEach(ByteBuf::release);
            assertThat(allocator.metric().elsewhereBytes()).isZero();
          });
      if (before >= 0 && PlatformDependent.hasUnsafe()) { // Netty counts
        assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(8 << 20);
      }
    }
    allocator.close();
  }

  @Test
  void directBuffer_ofAHandlerThatAsksTheSameAllocator_isWhatThatHasGiven() throws Exception {
    LiteByteBufAllocator[] self = {null};
    LiteByteBufAllocator allocator =
        builder()
            .whenExhausted(
                request -> {
                  buffers.remove(0).release();
                  return self[0].directBuffer(request.requestedBytes(), request.maxCapacity());
                })
            .build();
    self[0] = allocator;
    try (TestLoop loop = new TestLoop()) {
      loop.run(() -> fill(allocator));
      assertThat(allocator.metric().elsewhereBytes()).isZero();
      assertThat(allocator.outstanding().buffers())
          .hasSize(buffers.size())
          .noneMatch(OutstandingBuffer::moved);
      loop.run(() -> buffers.forEach(ByteBuf::release));
    }
    allocator.close();
  }

  // ---- a hard ceiling ----

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void directBuffer_ofAClosedAllocatorThatThrows_isRefused(boolean isOnLoop) throws Exception {
    LiteByteBufAllocator allocator = builder().whenExhausted(ExhaustionPolicy.THROW).build();
    try (TestLoop loop = new TestLoop()) {
      ByteBuf own = loop.call(() -> allocator.directBuffer(100).writeInt(42));
      ByteBuf shared = allocator.directBuffer(100).writeInt(43);
      allocator.closeAsync().get();
      TestLoop.ThrowingRunnable asks =
          () -> {
            assertThatThrownBy(() -> allocator.directBuffer(10))
                .isInstanceOf(DirectMemoryExhaustedError.class)
                .hasMessageContaining("10 byte(s) of direct memory")
                .hasMessageContaining("which is closed (expected: ");
            for (ByteBuf buffer : List.of(own, shared)) {
              assertThatThrownBy(() -> buffer.capacity(100_000))
                  .isInstanceOf(DirectMemoryExhaustedError.class);
              assertThat(buffer.capacity()).isEqualTo(100);
            }
          };
      if (isOnLoop) {
        loop.run(asks);
      } else {
        asks.run();
      }
      assertThat(own.readInt()).isEqualTo(42);
      assertThat(shared.readInt()).isEqualTo(43);
      own.release();
      shared.release();
      assertThat(allocator.metric().failures()).isEqualTo(3);
      assertThat(allocator.metric().fallbacks(FallbackReason.CLOSED)).isZero();
      assertThat(allocator.heapBuffer(10).release()).isTrue();
    }
    eventually(() -> allocator.metric().budget().reservedBytes() == 0, allocator::metric);
  }

  @Test
  void directBuffer_onALoopThatHasShutDown_isServedByASharedArena() throws Exception {
    LiteByteBufAllocator allocator = builder().whenExhausted(ExhaustionPolicy.THROW).build();
    List<ByteBuf> late = new ArrayList<>();
    try (TestLoop loop = new TestLoop()) {
      loop.run(() -> allocator.directBuffer(10).release());
      loop.loop().terminationFuture().addListener(done -> late.add(allocator.directBuffer(100)));
    }
    eventually(() -> late.size() == 1 || allocator.metric().failures() > 0, allocator::metric);
    assertThat(allocator.metric().traffic().requestShare()).isEqualTo(1);
    late.forEach(ByteBuf::release);
    allocator.close();
  }
}
