package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.Hardening;
import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Threads that are no event loops are served by arenas that they share. */
final class StripedArenasTest {

  /** The number of no thread. */
  private static final long STOPPED = -2;

  private final MemoryBudget budget = MemoryBudget.of("striped", 64 << 20);

  private final LiteByteBufAllocator allocator = builder().build();

  private LiteAllocatorBuilder builder() {
    return LiteByteBufAllocator.builder().budget(budget).decayMillis(200);
  }

  @AfterEach
  void close() throws InterruptedException {
    allocator.close();
    eventually(() -> budget.reservedBytes() == 0, budget::reservedBytes);
    assertThat(budget.promisedBytes()).isZero();
    assertThat(allocator.metric().arenas()).isEmpty();
  }

  private static void onNewThread(Runnable task) throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread = new Thread(task);
    thread.setUncaughtExceptionHandler((of, e) -> failure.set(e));
    thread.start();
    thread.join();
    assertThat(failure.get()).isNull();
  }

  private static boolean isOurs(ByteBuf buffer) {
    return TestAllocators.innermost(buffer) instanceof LiteByteBuf;
  }

  @Test
  void directBuffer_onAThreadThatIsNoLoop_isAnArenasAndCountsAsSuch() {
    ByteBuf buffer = allocator.directBuffer(100);
    assertThat(isOurs(buffer)).isTrue();
    assertThat(buffer.alloc()).isSameAs(allocator);
    assertThat(allocator.metric().fallbacks(FallbackReason.OFF_LOOP)).isZero();
    assertThat(allocator.metric().liveBuffers()).isEqualTo(1);
    assertThat(allocator.metric().arenas())
        .singleElement()
        .satisfies(arena -> assertThat(arena.eventLoop()).isEqualTo("striped-0"));
    assertThat(allocator.outstanding().buffers()).hasSize(1);
    buffer.release();
    allocator.assertNoneOutstanding();
  }

  @Test
  void release_onAnotherThread_isKeptForTheNextOne() throws Exception {
    ByteBuf buffer = allocator.directBuffer(1_000);
    ByteBuf innermost = TestAllocators.innermost(buffer);
    onNewThread(buffer::release);
    ByteBuf next = allocator.directBuffer(1_000);
    assertThat(TestAllocators.innermost(next)).isSameAs(innermost);
    next.release();
  }

  @Test
  void capacity_onAnyThread_staysInTheArena() throws Exception {
    ByteBuf buffer = allocator.directBuffer(100, 3_000_000);
    buffer.writeLong(42);
    for (int capacity : new int[] {10_000, 200, 100_000, 2_000_000}) {
      onNewThread(() -> buffer.capacity(capacity));
      assertThat(buffer.capacity()).isEqualTo(capacity);
      assertThat(buffer.getLong(0)).isEqualTo(42);
      assertThat(allocator.outstanding().buffers())
          .singleElement()
          .satisfies(outstanding -> assertThat(outstanding.moved()).isFalse());
    }
    buffer.release();
    allocator.trim().awaitUninterruptibly();
    assertThat(budget.reservedBytes()).isZero();
  }

  @Test
  void capacity_ofALoopsBufferOnAnotherThread_isServedByASharedArena() throws Exception {
    try (TestLoop loop = new TestLoop()) {
      ByteBuf buffer = loop.call(() -> allocator.directBuffer(100, 100_000));
      buffer.writeLong(42).capacity(50_000);
      assertThat(buffer.getLong(0)).isEqualTo(42);
      assertThat(allocator.metric().fallbacks(FallbackReason.OFF_LOOP)).isZero();
      buffer.release();
    }
    allocator.assertNoneOutstanding();
  }

  @Test
  void threads_aThousandThatLiveShortly_leaveNothingBehind() throws Exception {
    List<WeakReference<Thread>> threads = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      Thread thread = new Thread(() -> allocator.directBuffer(500).release());
      threads.add(new WeakReference<>(thread));
      thread.start();
      thread.join();
    }
    assertThat(allocator.metric().arenas())
        .hasSizeLessThanOrEqualTo(4 * Runtime.getRuntime().availableProcessors());
    assertThat(allocator.metric().closedArenas().arenas()).isZero();
    eventually(
        () -> {
          System.gc();
          return threads.stream().allMatch(thread -> thread.get() == null);
        },
        () -> "a thread that has ended is still reachable");
    eventually(() -> budget.reservedBytes() == 0, budget::reservedBytes);
  }

  @Test
  void process_thatFallsSilent_givesItsMemoryBack() throws Exception {
    List<ByteBuf> buffers = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      buffers.add(allocator.directBuffer(5_000));
    }
    buffers.forEach(ByteBuf::release);
    assertThat(budget.reservedBytes()).isPositive();
    eventually(() -> budget.reservedBytes() == 0, budget::reservedBytes);

    ByteBuf late = allocator.directBuffer(5_000);
    Thread.sleep(1_500); // until no clock runs any more
    late.release();
    eventually(() -> budget.reservedBytes() == 0, budget::reservedBytes);
  }

  @Test
  void strategy_changedUnderWay_letsOldBuffersGrowAndGo() throws Exception {
    ByteBuf before = allocator.directBuffer(100, 10_000).writeLong(7);
    allocator.strategy("free-list");
    ByteBuf after = allocator.directBuffer(100);
    assertThat(allocator.metric().arenas()).hasSize(2);
    before.capacity(5_000);
    assertThat(before.getLong(0)).isEqualTo(7);
    before.release();
    assertThat(allocator.metric().arenas())
        .singleElement()
        .satisfies(arena -> assertThat(arena.strategy()).isEqualTo("free-list"));
    after.release();
  }

  @Test
  void close_withLiveBuffers_letsThemGoOnAnyThread() throws Exception {
    ByteBuf buffer = allocator.directBuffer(100_000);
    allocator.closeAsync().get();
    ByteBuf other = allocator.directBuffer(100);
    assertThat(isOurs(other)).isFalse();
    other.release();
    onNewThread(buffer::release);
    assertThat(budget.reservedBytes()).isZero();
  }

  @Test
  void budget_thatIsExhausted_refusesAndServesAgain() {
    try (LiteByteBufAllocator small =
        LiteByteBufAllocator.builder()
            .maxBytes(1 << 20)
            .whenExhausted(ExhaustionPolicy.THROW)
            .build()) {
      List<ByteBuf> buffers = new ArrayList<>();
      assertThatThrownBy(
              () -> {
                while (true) {
                  buffers.add(small.directBuffer(10_000));
                }
              })
          .isInstanceOf(DirectMemoryExhaustedError.class);
      assertThat(buffers).hasSizeGreaterThan(80);
      assertThat(small.metric().arenas().get(0).statistics().failures()).isPositive();
      buffers.forEach(ByteBuf::release);
      ByteBuf large = small.directBuffer(900_000);
      assertThat(isOurs(large)).isTrue();
      large.release();
    }
  }

  @Test
  void violation_isToldWhenTheLockIsFree() {
    AtomicInteger told = new AtomicInteger();
    AtomicReference<LiteByteBufAllocator> self = new AtomicReference<>();
    Hardening hardening =
        Hardening.debugBuilder()
            .onViolation(
                violation -> {
                  told.incrementAndGet();
                  ByteBuf probe = self.get().directBuffer(10);
                  assertThat(probe.alloc()).isSameAs(self.get());
                  probe.release();
                })
            .build();
    try (LiteByteBufAllocator hardened = builder().hardening(hardening).build()) {
      self.set(hardened);
      ByteBuf buffer = hardened.directBuffer(16);
      LiteByteBuf inner = (LiteByteBuf) TestAllocators.innermost(buffer);
      inner.memory.put(io.github.litealloc.Blocks.offset(inner.block) + 16, (byte) 77);
      buffer.release();
      assertThat(told).hasValue(1);
    }
  }

  @Test
  void threads_stoppedWhileTheyHaveAnArena_leaveFourForEachProcessorToOthers() throws Exception {
    Set<SharedArena> arenas = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      arenas.forEach(arena -> assertThat(arena.lock.lock(STOPPED)).isTrue());
      Thread goesOn =
          new Thread(
              () -> {
                LockSupport.parkNanos(500_000);
                arenas.forEach(arena -> arena.lock.unlock());
              });
      goesOn.start();
      ByteBuf buffer = allocator.directBuffer(100);
      goesOn.join();
      arenas.add(((LiteByteBuf) TestAllocators.innermost(buffer)).arena.shared());
      buffer.release();
    }
    int processors = Integer.highestOneBit(Runtime.getRuntime().availableProcessors());
    assertThat(arenas).hasSize(Math.min(64, 4 * processors));
  }

  @Test
  void threads_thatMeet_getMoreArenasUpToABound() throws Exception {
    int threads = 8;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        all.add(
            pool.submit(
                () -> {
                  start.await();
                  ByteBuf[] held = new ByteBuf[16];
                  for (int n = 0; n < 200_000; n++) {
                    int at = n & 15;
                    if (held[at] != null) {
                      held[at].release();
                    }
                    held[at] = allocator.directBuffer(64 + (n & 1023));
                  }
                  for (ByteBuf buffer : held) {
                    buffer.release();
                  }
                  return null;
                }));
      }
      start.countDown();
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      pool.shutdown();
    }
    assertThat(allocator.metric().liveBuffers()).isZero();
    assertThat(allocator.metric().fallbacks(FallbackReason.OFF_LOOP)).isZero();
    assertThat(allocator.metric().arenas())
        .hasSizeLessThanOrEqualTo(4 * Runtime.getRuntime().availableProcessors());
  }
}
