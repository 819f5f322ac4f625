package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.netty.callers.CallSites;
import io.netty.buffer.ByteBuf;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The list of live buffers. */
final class OutstandingTest {

  private static final String STRATEGIES = "io.github.litealloc.netty.TestAllocators#strategies";

  private final Level levelBefore = ResourceLeakDetector.getLevel();

  @AfterEach
  void restore() {
    ResourceLeakDetector.setLevel(levelBefore);
  }

  private static List<Integer> capacities(LiteByteBufAllocator allocator) {
    return allocator.outstanding().buffers().stream()
        .map(OutstandingBuffer::capacityBytes)
        .toList();
  }

  private static void runElsewhere(Runnable task) throws InterruptedException {
    Thread thread = new Thread(task);
    thread.start();
    thread.join();
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void outstanding_ofEachStrategy_listsTheLiveBuffersLargestFirst(String strategy) {
    LiteByteBufAllocator allocator = TestAllocators.adopting(strategy);
    List<ByteBuf> buffers = new ArrayList<>();
    for (int bytes : new int[] {100, 0, 5_000_000, 3_000, 64}) {
      buffers.add(allocator.directBuffer(bytes));
    }
    buffers.remove(3).release();
    assertThat(capacities(allocator)).containsExactly(5_000_000, 100, 64, 0);
    assertThat(allocator.outstanding().capacityBytes()).isEqualTo(5_000_164);
    buffers.get(0).capacity(200);
    buffers.get(2).capacity(10);
    assertThat(capacities(allocator)).containsExactly(200, 64, 10, 0);
    buffers.forEach(ByteBuf::release);
    assertThat(allocator.outstanding().isEmpty()).isTrue();
  }

  @Test
  void outstanding_ofMoreBuffersThanTheTableHadRoomFor_listsEachOnce() {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    List<ByteBuf> buffers = new ArrayList<>();
    List<Integer> expected = new ArrayList<>();
    for (int bytes = 1_000; bytes > 0; bytes--) {
      buffers.add(allocator.directBuffer(bytes));
      expected.add(bytes);
    }
    assertThat(capacities(allocator)).isEqualTo(expected);
    buffers.forEach(ByteBuf::release);
  }

  @Test
  void outstanding_whereANewArenaWasExhausted_isEmpty() {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .name("outstanding-exhausted")
            .budget(MemoryBudget.of("outstanding-exhausted", 1 << 20))
            .offLoop(OffLoopPolicy.ADOPT)
            .whenExhausted(ExhaustionPolicy.THROW)
            .build();
    assertThatThrownBy(() -> allocator.directBuffer(2 << 20))
        .isInstanceOf(DirectMemoryExhaustedError.class);
    assertThat(allocator.outstanding().isEmpty()).isTrue();
    allocator.close();
  }

  @Test
  void outstanding_ofSeveralLoops_namesThem() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    try (TestLoop first = new TestLoop();
        TestLoop second = new TestLoop()) {
      List<ByteBuf> buffers = new ArrayList<>();
      String firstName = first.call(() -> Thread.currentThread().getName());
      String secondName = second.call(() -> Thread.currentThread().getName());
      first.run(() -> buffers.add(allocator.directBuffer(10)));
      second.run(() -> buffers.add(allocator.directBuffer(20)));
      assertThat(allocator.outstanding().buffers())
          .extracting(
              OutstandingBuffer::eventLoop,
              OutstandingBuffer::stage,
              OutstandingBuffer::capacityBytes)
          .containsExactly(
              tuple(secondName, ArenaMetric.Stage.OPEN, 20),
              tuple(firstName, ArenaMetric.Stage.OPEN, 10));
      buffers.forEach(ByteBuf::release); // on this thread; the loops need not have heard of it
      assertThat(allocator.outstanding().isEmpty()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Level.class,
      names = {"DISABLED", "PARANOID"})
  void outstanding_afterAChangeOfStrategy_listsBothArenas(Level level) {
    ResourceLeakDetector.setLevel(level);
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    ByteBuf old = allocator.directBuffer(20);
    allocator.strategy("free-list");
    ByteBuf young = allocator.directBuffer(10);
    assertThat(allocator.outstanding().buffers())
        .extracting(OutstandingBuffer::stage)
        .containsExactly(ArenaMetric.Stage.RETIRING, ArenaMetric.Stage.OPEN);
    old.release();
    System.gc(); // a buffer of a retired arena is garbage then, but none that was forgotten
    assertThat(capacities(allocator)).containsExactly(10);
    young.release();
  }

  @ParameterizedTest
  @EnumSource(
      value = Level.class,
      names = {"DISABLED", "PARANOID"})
  void outstanding_afterTheLoopEnded_listsItsBuffersAsOrphaned(Level level) throws Exception {
    ResourceLeakDetector.setLevel(level);
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    List<ByteBuf> buffers = new ArrayList<>();
    try (TestLoop loop = new TestLoop()) {
      loop.run(() -> buffers.add(allocator.directBuffer(100)));
      loop.run(() -> buffers.add(allocator.directBuffer(50)));
    }
    assertThat(allocator.outstanding().buffers())
        .extracting(OutstandingBuffer::stage)
        .containsOnly(ArenaMetric.Stage.ORPHANED);
    buffers.remove(0).release();
    System.gc();
    assertThat(capacities(allocator)).containsExactly(50);
    buffers.remove(0).release();
    assertThat(allocator.outstanding().isEmpty()).isTrue();
  }

  @Test
  void outstanding_ofABufferThatMovedToTheFallback_listsItOnceWithItsNewSize() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    ByteBuf buffer = allocator.directBuffer(100);
    try (TestLoop other = new TestLoop()) {
      other.run(() -> buffer.capacity(1_000));
    }
    assertThat(allocator.outstanding().buffers())
        .singleElement()
        .satisfies(
            moved -> {
              assertThat(moved.capacityBytes()).isEqualTo(1_000);
              assertThat(moved.moved()).isTrue();
              assertThat(moved.toString()).contains("moved");
            });
    buffer.release();
    assertThat(allocator.outstanding().isEmpty()).isTrue();
  }

  @Test
  void outstanding_ofABufferThatMovedToTheNewArena_listsItOnce() {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    ByteBuf keepsTheOldArena = allocator.directBuffer(10);
    ByteBuf buffer = allocator.directBuffer(100);
    allocator.strategy("free-list");
    buffer.capacity(1_000);
    assertThat(capacities(allocator)).containsExactly(1_000, 10);
    buffer.release();
    keepsTheOldArena.release();
    assertThat(allocator.outstanding().isEmpty()).isTrue();
  }

  @Test
  void outstanding_ofFallbackAndHeapBuffers_listsNothing() {
    LiteByteBufAllocator allocator =
        TestAllocators.builder("hybrid").offLoop(OffLoopPolicy.FALLBACK).build();
    ByteBuf fallback = allocator.directBuffer(10);
    ByteBuf heap = allocator.heapBuffer(10);
    assertThat(allocator.outstanding().isEmpty()).isTrue();
    fallback.release();
    heap.release();
  }

  @ParameterizedTest
  @EnumSource(Level.class)
  void outstanding_atEachLevelOfLeakDetection_listsEachBufferOnce(Level level) {
    ResourceLeakDetector.setLevel(level);
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    for (int round = 0; round < 3; round++) {
      List<ByteBuf> buffers = new ArrayList<>();
      List<Integer> expected = new ArrayList<>();
      for (int bytes = 500; bytes > 0; bytes--) {
        buffers.add(allocator.directBuffer(bytes));
        expected.add(bytes);
      }
      assertThat(capacities(allocator)).isEqualTo(expected);
      buffers.get(499).capacity(600);
      assertThat(capacities(allocator)).hasSize(500).startsWith(600, 500);
      buffers.forEach(ByteBuf::release);
      assertThat(allocator.outstanding().isEmpty()).isTrue();
    }
  }

  @Test
  void outstanding_ofAForgottenBufferThatNettyTracks_listsItAsForgotten() throws Exception {
    ResourceLeakDetector.setLevel(Level.PARANOID);
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    forgetAfterGrowing(allocator);
    eventually(
        () -> {
          System.gc();
          return allocator.outstanding().buffers().get(0).forgotten();
        },
        allocator::outstanding);
    assertThat(allocator.outstanding().buffers())
        .singleElement()
        .satisfies(
            forgotten -> {
              assertThat(forgotten.capacityBytes()).isEqualTo(300);
              assertThat(forgotten.toString()).contains("forgotten");
            });
  }

  private static void forgetAfterGrowing(LiteByteBufAllocator allocator) {
    allocator.directBuffer(100).capacity(300);
  }

  @Test
  void outstanding_ofAForgottenSampledBuffer_listsItAsForgottenWithItsStack() throws Exception {
    ResourceLeakDetector.setLevel(Level.DISABLED);
    LiteByteBufAllocator allocator = TestAllocators.builder("hybrid").sampling(1).build();
    CallSites.body(allocator, 100);
    eventually(
        () -> {
          System.gc();
          return allocator.outstanding().buffers().get(0).forgotten();
        },
        allocator::outstanding);
    assertThat(allocator.outstanding().buffers())
        .singleElement()
        .satisfies(
            forgotten ->
                assertThat(forgotten.allocationStack().get(0).getMethodName()).isEqualTo("body"));
    assertThat(allocator.holders().sites())
        .singleElement()
        .satisfies(site -> assertThat(site.pinnedBytes()).isEqualTo(64 * 1024));
  }

  @Test
  void outstanding_ages_areNeverBelowTheTruth() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    ByteBuf old = allocator.directBuffer(2);
    allocator.outstanding();
    long between = System.nanoTime();
    Thread.sleep(20);
    ByteBuf young = allocator.directBuffer(1);
    long allocated = System.nanoTime();
    long looked = System.nanoTime();
    List<OutstandingBuffer> buffers = allocator.outstanding().buffers();
    assertThat(buffers.get(0).ageNanos()).isGreaterThanOrEqualTo(looked - between);
    assertThat(buffers.get(1).ageNanos()).isGreaterThanOrEqualTo(looked - allocated);
    assertThat(buffers.get(1).ageNanos()).isLessThan(buffers.get(0).ageNanos());
    old.release();
    young.release();
  }

  @Test
  void outstanding_agesOfSampledBuffers_areExact() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.builder("hybrid").sampling(1).build();
    allocator.directBuffer(1).release(); // makes the arena
    Thread.sleep(20);
    long before = System.nanoTime();
    ByteBuf buffer = allocator.directBuffer(1);
    long after = System.nanoTime();
    long looks = System.nanoTime();
    OutstandingBuffer seen = allocator.outstanding().buffers().get(0);
    long looked = System.nanoTime();
    assertThat(seen.sampled()).isTrue();
    assertThat(seen.ageNanos()).isBetween(looks - after, looked - before);
    buffer.release();
  }

  @Test
  void outstanding_onALoopThatTrims_doesNotTakeNewBuffersForOldOnes() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    try (TestLoop loop = new TestLoop()) {
      ByteBuf keepsTheTimer = loop.call(() -> allocator.directBuffer(1_000_000));
      long before = CoarseClock.nanos();
      eventually(() -> CoarseClock.nanos() != before, CoarseClock::nanos);
      keepsTheTimer.release();
    }
  }

  @Test
  void since_anEarlierLook_leavesOutWhatWasThereThen() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    try (TestLoop loop = new TestLoop()) {
      List<ByteBuf> buffers = new ArrayList<>();
      buffers.add(allocator.directBuffer(1));
      loop.run(() -> buffers.add(allocator.directBuffer(2)));
      OutstandingBuffers before = allocator.outstanding();
      assertThat(before.since(before).isEmpty()).isTrue();
      buffers.add(allocator.directBuffer(3));
      loop.run(() -> buffers.add(allocator.directBuffer(4)));
      assertThat(allocator.outstanding().since(before).buffers())
          .extracting(OutstandingBuffer::capacityBytes)
          .containsExactly(4, 3);
      assertThat(allocator.outstanding().buffers()).hasSize(4);
      buffers.forEach(ByteBuf::release);
    }
  }

  @Test
  void toString_ofManyBuffers_showsTheLargestAndIsBounded() {
    LiteByteBufAllocator allocator = TestAllocators.builder("hybrid").sampling(1).build();
    List<ByteBuf> buffers = new ArrayList<>();
    for (int bytes = 1; bytes <= 1_000; bytes++) {
      buffers.add(CallSites.header(allocator, bytes));
    }
    String text = allocator.outstanding().toString();
    assertThat(text)
        .startsWith(
            "lite-alloc '" + allocator.name() + "': 1,000 buffers outstanding, 500,500 bytes")
        .contains("\n  1,000 bytes, ", "\n  991 bytes, ", "and 990 buffers more")
        .contains("at io.github.litealloc.netty.callers.CallSites.header(CallSites.java:")
        .doesNotContain("\n  990 bytes, ", "sampling(1)");
    assertThat(text.length()).isLessThan(12_000);
    buffers.forEach(ByteBuf::release);
  }

  @Test
  void assertNoneOutstanding_withoutBuffers_passes() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    allocator.assertNoneOutstanding();
    ByteBuf buffer = allocator.directBuffer(1);
    runElsewhere(buffer::release); // this thread has not taken it back yet
    assertThatCode(allocator::assertNoneOutstanding).doesNotThrowAnyException();
  }

  @Test
  void assertNoneOutstanding_withABuffer_failsAndSaysWhich() {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    ByteBuf buffer = allocator.directBuffer(1_234);
    assertThatThrownBy(allocator::assertNoneOutstanding)
        .isInstanceOf(AssertionError.class)
        .hasMessageContainingAll(
            allocator.name(),
            "1 buffer outstanding",
            "1,234 bytes, at most ",
            Thread.currentThread().getName(),
            "sampling(1)");
    buffer.release();
  }
}
