package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.ArenaFigure;
import io.github.litealloc.ArenaStatistics;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Another strategy while buffers are out and traffic flows. */
final class StrategySwapTest {

  private static final List<String> NAMES = TestAllocators.strategies().toList();

  private static String otherThan(String strategy) {
    return NAMES.get((NAMES.indexOf(strategy) + 1) % NAMES.size());
  }

  private static long allocations(LiteByteBufAllocator allocator) {
    return allocator.metric().closedArenas().get(ArenaFigure.ALLOCATIONS)
        + allocator.metric().arenas().stream()
            .map(ArenaMetric::statistics)
            .mapToLong(ArenaStatistics::allocations)
            .sum();
  }

  /** An arena that has just been made has no chunk yet, and is not full for that. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void strategy_changedAgainWhileThreadsMakeTheirArena_refusesNothing(int changes) {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .maxBytes(16 << 20)
            .whenExhausted(ExhaustionPolicy.THROW)
            .build();
    AtomicInteger left = new AtomicInteger(changes);
    allocator
        .metric()
        .addArenaListener(
            () -> {
              if (left.getAndDecrement() > 0) {
                allocator.strategy(otherThan(allocator.strategy()));
              }
            });
    ByteBuf buffer;
    try {
      buffer = allocator.directBuffer(1_000);
    } catch (DirectMemoryExhaustedError e) {
      throw new AssertionError(e); // the other one would end the JVM of the tests
    }
    assertThat(left.get()).as("changes that did not come").isNotPositive();
    assertThat(buffer.release()).isTrue();
    assertThat(allocator.metric().failures()).isZero();
    allocator.close();
  }

  @ParameterizedTest
  @MethodSource("io.github.litealloc.netty.TestAllocators#strategies")
  void strategy_changedOnTheLoop_retiresItsArenaWhoseBuffersLiveOn(String strategy)
      throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting(strategy);
    try (TestLoop loop = new TestLoop()) {
      ByteBuf released = loop.call(() -> allocator.directBuffer(5_000).writeLong(1));
      ByteBuf grown = loop.call(() -> allocator.directBuffer(5_000).writeLong(2));
      loop.run(
          () -> {
            allocator.strategy(otherThan(strategy));
            allocator.directBuffer(10).release();
          });

      assertThat(allocator.strategy()).isEqualTo(otherThan(strategy));
      assertThat(allocator.metric().strategy()).isEqualTo(otherThan(strategy));
      assertThat(allocator.metric().arenas())
          .extracting(ArenaMetric::strategy)
          .containsExactly(strategy, otherThan(strategy));
      assertThat(allocator.metric().arenas())
          .extracting(ArenaMetric::retiring)
          .containsExactly(true, false);
      assertThat(allocator.metric().arenas()).noneMatch(ArenaMetric::orphaned);

      assertThat(released.getLong(0)).isEqualTo(1);
      released.release(); // on this thread
      loop.run(() -> grown.writeBytes(new byte[100_000]).writeLong(3));
      assertThat(allocator.metric().arenas()).singleElement().matches(arena -> !arena.retiring());
      assertThat(allocator.metric().fallbacks(FallbackReason.OFF_LOOP)).isZero();
      assertThat(grown.getLong(0)).isEqualTo(2);
      assertThat(grown.getLong(100_008)).isEqualTo(3);
      assertThat(grown.alloc()).isSameAs(allocator);
      loop.run(() -> grown.capacity(200_000).setLong(199_992, 4));
      assertThat(grown.getLong(100_008)).isEqualTo(3);
      grown.release();
      loop.run(allocator::trimOnThisThread);
      assertThat(allocator.metric().liveBuffers()).isZero();
      assertThat(allocations(allocator)).isEqualTo(4);
    }
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }

  @Test
  void strategy_changedByAnotherThread_holdsForTheLoopsNextAllocationInTheSameTask()
      throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            ByteBuf before = allocator.directBuffer(10);
            Thread other = new Thread(() -> allocator.strategy("free-list"));
            other.start();
            other.join();
            ByteBuf after = allocator.directBuffer(10);
            assertThat(allocator.metric().arenas())
                .extracting(ArenaMetric::strategy)
                .containsExactly("hybrid", "free-list");
            before.release();
            after.release();
          });
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.litealloc.netty.TestAllocators#strategies")
  void strategy_changedWhileALoopIsIdle_emptiesItsArenaWithoutItsHelp(String strategy)
      throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting(strategy);
    try (TestLoop loop = new TestLoop()) {
      ByteBuf buffer = loop.call(() -> allocator.directBuffer(300_000));
      loop.run(() -> allocator.directBuffer(1_000).release());
      allocator.strategy(otherThan(strategy));
      loop.run(() -> {}); // the loop has heard of it, and allocates nothing any more
      assertThat(allocator.metric().arenas()).singleElement().matches(ArenaMetric::retiring);
      buffer.release();
      assertThat(allocator.metric().arenas()).isEmpty();
      assertThat(allocator.metric().budget().reservedBytes()).isZero();
    }
  }

  @Test
  void strategy_changedManyTimesWhileFormerArenasDrain_losesNothing() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    List<ByteBuf> buffers = new ArrayList<>();
    int swaps = 40;
    try (TestLoop loop = new TestLoop()) {
      for (int i = 0; i < swaps; i++) {
        allocator.strategy(NAMES.get(i % NAMES.size()));
        int value = i;
        buffers.add(loop.call(() -> allocator.directBuffer(20_000).writeInt(value)));
      }
      assertThat(allocator.metric().arenas()).hasSize(swaps);
      assertThat(allocator.metric().arenas()).filteredOn(ArenaMetric::retiring).hasSize(swaps - 1);
      for (int i = 0; i < swaps; i++) {
        assertThat(buffers.get(i).getInt(0)).isEqualTo(i);
      }
      Collections.shuffle(buffers, new Random(7));
      long allocations = allocations(allocator);
      for (ByteBuf buffer : buffers) {
        buffer.release();
        assertThat(allocations(allocator)).isEqualTo(allocations);
      }
      assertThat(allocator.metric().arenas()).hasSize(1);
      assertThat(allocator.metric().closedArenas().get(ArenaFigure.FREES))
          .isGreaterThanOrEqualTo(swaps - 1);
    }
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }

  @Test
  void strategy_changedOnAnAdoptedThread_holdsFromItsNextAllocation() {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    ByteBuf before = allocator.directBuffer(10);
    allocator.strategy("free-list");
    ByteBuf after = allocator.directBuffer(10);
    assertThat(allocator.metric().arenas())
        .extracting(ArenaMetric::strategy)
        .containsExactly("hybrid", "free-list");
    before.release();
    after.release();
    allocator.close();
    assertThat(allocator.directBuffer(10).release()).isTrue();
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }

  @Test
  void strategy_unknownName_isRefusedWithThoseThereAre() {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    assertThatThrownBy(() -> allocator.strategy("buddy"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'buddy'")
        .hasMessageContaining("bump-free-list, segregated-bump, free-list, hybrid");
    assertThat(allocator.strategy()).isEqualTo("hybrid");
  }

  @Test
  void strategy_afterClose_isRefused() {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    allocator.close();
    assertThatThrownBy(() -> allocator.strategy("free-list"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void release_afterASwapAndTheLoopsEnd_freesItsMemory() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    List<ByteBuf> buffers = new ArrayList<>();
    try (TestLoop loop = new TestLoop()) {
      buffers.add(loop.call(() -> allocator.directBuffer(1_000)));
      allocator.strategy("free-list");
      buffers.add(loop.call(() -> allocator.directBuffer(1_000)));
    }
    assertThat(allocator.metric().arenas())
        .extracting(ArenaMetric::orphaned)
        .containsExactly(false, true);
    buffers.forEach(ByteBuf::release);
    assertThat(allocator.metric().arenas()).isEmpty();
    allocator.close();
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }

  @Test
  void capacity_ofARetiredBufferThatCannotGrow_leavesItAsItWas() throws Exception {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .maxBytes(1 << 20)
            .whenExhausted(ExhaustionPolicy.THROW)
            .build();
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            ByteBuf buffer = allocator.directBuffer(1_000).writeLong(42).skipBytes(3);
            allocator.strategy("free-list");
            assertThatThrownBy(() -> buffer.capacity(2 << 20))
                .isInstanceOf(DirectMemoryExhaustedError.class)
                .hasMessageContaining("free-list");
            assertThat(buffer.getLong(0)).isEqualTo(42);
            assertThat(buffer.readerIndex()).isEqualTo(3);
            assertThat(buffer.writerIndex()).isEqualTo(8);
            assertThat(buffer.capacity()).isEqualTo(1_000);
            assertThat(buffer.refCnt()).isEqualTo(1);
            assertThat(buffer.release()).isTrue();
            assertThat(allocator.metric().usedBytes()).isZero();
          });
    }
  }

  @Test
  void strategy_changedAllTheTimeUnderLoad_failsNoRequest() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    int connections = 8;
    int swaps = 200;
    AtomicBoolean goesOn = new AtomicBoolean(true);
    ExecutorService clients = Executors.newFixedThreadPool(connections);
    try (LoopbackServer server =
        new LoopbackServer(
            allocator, 2, child -> child.pipeline().addLast(new LoopbackServer.Echo()))) {
      List<Future<Long>> verified = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        verified.add(clients.submit(new EchoClient(server, i, goesOn::get)));
      }
      long allocations = 0;
      for (int i = 0; i < swaps; i++) {
        allocator.strategy(NAMES.get(i % NAMES.size()));
        long before = allocations;
        // So that each strategy really serves, however busy the machine is.
        eventually(() -> allocations(allocator) > before + 20, allocator::metric);
        allocations = allocations(allocator);
      }
      goesOn.set(false);
      for (Future<Long> bytes : verified) {
        assertThat(bytes.get(60, TimeUnit.SECONDS)).isPositive();
      }
      assertThat(server.failures()).isEmpty();
      assertThat(allocator.metric().closedArenas().arenas()).isGreaterThanOrEqualTo(swaps);
      eventually(() -> allocator.metric().usedBytes() == 0, allocator::metric);
    } finally {
      goesOn.set(false);
      clients.shutdownNow();
    }
    assertThat(allocator.metric().fallbacks(FallbackReason.OFF_LOOP)).isZero();
    assertThat(allocator.metric().fallbacks(FallbackReason.EXHAUSTED)).isZero();
    assertThat(allocator.metric().arenas()).isEmpty();
    assertThat(allocator.metric().budget().reservedBytes()).isZero();
  }
}
