package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Counting references to a buffer, and to what is derived from it, on threads that do not own it.
 */
final class ReleaseElsewhereTest {

  private static final long TIMEOUT_SECONDS = 60;

  private final LiteByteBufAllocator allocator =
      TestAllocators.builder("hybrid").offLoop(OffLoopPolicy.FALLBACK).build();
  private final TestLoop loop = new TestLoop();

  @AfterEach
  void requireThatAllBytesCameBack() throws Exception {
    loop.run(this::drain);
    assertThat(allocator.metric().usedBytes()).isZero();
    loop.close();
    allocator.close();
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }

  private void drain() {
    allocator.trimOnThisThread();
  }

  private ByteBuf buffer() throws Exception {
    return loop.call(() -> allocator.directBuffer(100).writeLong(1).writeLong(2));
  }

  static Stream<ExecutorService> executors() {
    return Stream.concat(
        Stream.of(Executors.newFixedThreadPool(4), Executors.newWorkStealingPool()),
        VirtualThreads.executor().stream());
  }

  @ParameterizedTest
  @MethodSource("executors")
  void release_onThreadsOfAnExecutor_isTrueForEveryBuffer(ExecutorService executor)
      throws Exception {
    List<Future<Boolean>> releases = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      ByteBuf buffer = buffer();
      releases.add(executor.submit(() -> buffer.getLong(8) == 2 && buffer.release()));
    }
    for (Future<Boolean> release : releases) {
      assertThat(release.get(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
    executor.shutdown();
    // The loop does nothing from here on.
    eventually(() -> allocator.metric().usedBytes() == 0, allocator::metric);
  }

  static Stream<Arguments> derivations() {
    return Stream.of(
        derivation("slice", buffer -> buffer.slice(8, 8)),
        derivation("slice of a slice", buffer -> buffer.slice(4, 12).slice(4, 8)),
        derivation("duplicate", ByteBuf::duplicate),
        derivation("retainedSlice", buffer -> releasing(buffer, buffer.retainedSlice(8, 8))),
        derivation("retainedDuplicate", buffer -> releasing(buffer, buffer.retainedDuplicate())),
        derivation("readRetainedSlice", buffer -> releasing(buffer, buffer.readRetainedSlice(8))),
        derivation("read-only", ByteBuf::asReadOnly),
        derivation("touched", buffer -> buffer.touch().touch("hint")));
  }

  private static Arguments derivation(String name, UnaryOperator<ByteBuf> derive) {
    return Arguments.of(name, derive);
  }

  private static ByteBuf releasing(ByteBuf buffer, ByteBuf derived) {
    assertThat(buffer.refCnt()).isEqualTo(2);
    assertThat(buffer.release()).isFalse();
    return derived;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("derivations")
  void release_ofADerivedBuffer_freesTheBufferBelow(String name, UnaryOperator<ByteBuf> derive)
      throws Exception {
    ByteBuf buffer = buffer();
    ByteBuf derived = derive.apply(buffer);
    assertThat(TestAllocators.innermost(derived)).isInstanceOf(LiteByteBuf.class);
    assertThat(derived.refCnt()).isEqualTo(1);
    assertThat(derived.release()).isTrue();
    assertThat(derived.refCnt()).isZero();
    assertThat(buffer.refCnt()).isZero();
    assertThatThrownBy(() -> buffer.getByte(0)).isInstanceOf(IllegalReferenceCountException.class);
    assertThatThrownBy(derived::release).isInstanceOf(IllegalReferenceCountException.class);
    assertThatThrownBy(buffer::retain).isInstanceOf(IllegalReferenceCountException.class);
    assertThat(buffer.refCnt()).isZero();
  }

  @Test
  void release_ofAComposite_freesComponentsOfSeveralLoops() throws Exception {
    try (TestLoop other = new TestLoop()) {
      ByteBuf first = buffer();
      ByteBuf second = other.call(() -> allocator.directBuffer(50_000).writeZero(50_000));
      CompositeByteBuf composite =
          allocator.compositeDirectBuffer().addComponents(true, first, second);
      assertThat(composite.getLong(8)).isEqualTo(2);
      composite.readerIndex(16).discardReadComponents();
      assertThat(first.refCnt()).isZero();
      assertThat(second.refCnt()).isEqualTo(1);
      assertThat(composite.release()).isTrue();
      assertThat(second.refCnt()).isZero();
      eventually(() -> allocator.metric().usedBytes() == 0, allocator::metric);
    }
  }

  @Test
  void safeRelease_ofAReleasedBuffer_changesNothing() throws Exception {
    ByteBuf buffer = buffer();
    ReferenceCountUtil.safeRelease(buffer);
    ReferenceCountUtil.safeRelease(buffer); // logs what it swallows
    assertThat(buffer.refCnt()).isZero();
    requireFrees(1);
  }

  @Test
  void release_ofMoreReferencesThanThereAre_throwsAndKeepsThem() throws Exception {
    ByteBuf buffer = buffer().retain(2);
    assertThatThrownBy(() -> buffer.release(4)).isInstanceOf(IllegalReferenceCountException.class);
    assertThat(buffer.refCnt()).isEqualTo(3);
    assertThatThrownBy(() -> buffer.retain(Integer.MAX_VALUE))
        .isInstanceOf(IllegalReferenceCountException.class);
    assertThat(buffer.refCnt()).isEqualTo(3);
    assertThat(buffer.release(3)).isTrue();
  }

  /** Each thread retains and releases its own reference; the last of all is anybody's. */
  @Test
  void release_racingWithRetain_isTrueExactlyOnce() throws Exception {
    int threads = 4;
    ExecutorService others = Executors.newFixedThreadPool(threads - 1);
    for (int round = 0; round < 500; round++) {
      ByteBuf buffer = buffer().retain(threads - 1);
      CyclicBarrier start = new CyclicBarrier(threads);
      Callable<Integer> use =
          () -> {
            start.await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            int last = 0;
            for (int i = 0; i < 50; i++) {
              last += buffer.retain().release() ? 1 : 0;
            }
            return last + (buffer.release() ? 1 : 0);
          };
      assertThat(sumOnOwnerAnd(others, threads - 1, use)).isEqualTo(1);
      assertThat(buffer.refCnt()).isZero();
    }
    others.shutdown();
  }

  /** A mistake that must not free a block twice, however close the two are. */
  @Test
  void release_ofTheLastReferenceByTwoThreadsAtOnce_isTrueForOneAndThrowsForTheOther()
      throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    List<ByteBuf> buffers = new ArrayList<>();
    loop.run(
        () -> {
          for (int i = 0; i < 2_000; i++) {
            buffers.add(allocator.directBuffer(16));
          }
        });
    AtomicInteger arrivals = new AtomicInteger();
    Callable<Integer> releaseAll =
        () -> {
          int released = 0;
          int meetings = 0;
          for (ByteBuf buffer : buffers) {
            meetings += 2;
            arrivals.incrementAndGet();
            for (int spins = 0; arrivals.get() < meetings; spins++) {
              if (spins < 1_000) {
                Thread.onSpinWait(); // so that the two are nanoseconds apart
              } else {
                Thread.yield(); // the other waits for a processor
              }
            }
            try {
              released += buffer.release() ? 1 : -1_000_000;
            } catch (IllegalReferenceCountException e) {
              // the other was first
            }
          }
          return released;
        };
    assertThat(sumOnOwnerAnd(other, 1, releaseAll)).isEqualTo(buffers.size());
    other.shutdown();
    requireFrees(buffers.size());
  }

  private void requireFrees(long expected) throws Exception {
    loop.run(this::drain);
    assertThat(allocator.metric().arenas())
        .singleElement()
        .satisfies(arena -> assertThat(arena.statistics().frees()).isEqualTo(expected));
  }

  private int sumOnOwnerAnd(ExecutorService others, int times, Callable<Integer> code)
      throws Exception {
    List<Future<Integer>> results = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      results.add(others.submit(code));
    }
    int sum = loop.call(code);
    for (Future<Integer> result : results) {
      sum += result.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
    return sum;
  }
}
