package io.github.litealloc.metrics;

import static io.github.litealloc.metrics.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.SizeRange;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.netty.FallbackReason;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.github.litealloc.netty.OffLoopPolicy;
import io.github.litealloc.netty.TrafficShare;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.micrometer.core.instrument.search.Search;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LiteAllocMetricsTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder()
          .name("a")
          .maxBytes(8 << 20)
          .offLoop(OffLoopPolicy.FALLBACK)
          .build();
  private final TestLoop loop = new TestLoop("loop-1");

  @AfterEach
  void close() {
    loop.close();
    allocator.close();
  }

  private static double value(MeterRegistry registry, LiteAllocMeters meter, String... tags) {
    var found = Search.in(registry).name(meter.getName()).tags(tags).meters();
    assertThat(found).as("%s %s", meter, List.of(tags)).isNotEmpty();
    return found.stream().mapToDouble(each -> each.measure().iterator().next().getValue()).sum();
  }

  private static boolean exists(MeterRegistry registry, LiteAllocMeters meter, String... tags) {
    return Search.in(registry).name(meter.getName()).tags(tags).meter() != null;
  }

  private static List<Meter> ours(MeterRegistry registry) {
    return registry.getMeters().stream()
        .filter(meter -> meter.getId().getName().startsWith("lite.alloc"))
        .toList();
  }

  @Test
  void values_afterTraffic_equalTheStatistics() throws Exception {
    List<ByteBuf> buffers = new ArrayList<>();
    loop.call(
        () -> {
          for (int i = 1; i <= 20; i++) {
            buffers.add(allocator.directBuffer(100 * i));
          }
          buffers.get(19).capacity(60_000);
          return null;
        });
    loop.release(buffers.remove(0));
    allocator.directBuffer(77).release();
    allocator.heapBuffer(55).release();
    ArenaStatistics statistics = allocator.metric().arenas().get(0).statistics();

    try (LiteAllocMetrics metrics = new LiteAllocMetrics(allocator)) {
      metrics.bindTo(registry);

      String[] loopTag = {"event.loop", "loop-1"};
      assertThat(statistics.usedBytes()).isPositive();
      assertThat(value(registry, LiteAllocMeters.MEMORY_RESERVED, loopTag))
          .isEqualTo(statistics.reservedBytes());
      assertThat(value(registry, LiteAllocMeters.MEMORY_PINNED, loopTag))
          .isEqualTo(statistics.pinnedBytes());
      assertThat(value(registry, LiteAllocMeters.MEMORY_USED, loopTag))
          .isEqualTo(statistics.usedBytes());
      assertThat(value(registry, LiteAllocMeters.MEMORY_REQUESTED, loopTag))
          .isEqualTo(statistics.requestedBytes());
      assertThat(value(registry, LiteAllocMeters.MEMORY_PEAK, loopTag))
          .isEqualTo(statistics.peakUsedBytes());
      assertThat(value(registry, LiteAllocMeters.LIVE_BUFFERS, loopTag)).isEqualTo(19);
      assertThat(value(registry, LiteAllocMeters.MEMORY_KEPT, loopTag))
          .isEqualTo(statistics.cachedBytes())
          .isPositive();
      assertThat(value(registry, LiteAllocMeters.LOOP_ALLOCATIONS, loopTag))
          .isEqualTo(value(registry, LiteAllocMeters.ALLOCATIONS))
          .isEqualTo(statistics.allocations());
      assertThat(value(registry, LiteAllocMeters.FREES, "origin", "owner"))
          .isEqualTo(statistics.frees());
      assertThat(value(registry, LiteAllocMeters.FREES, "origin", "remote")).isZero();
      assertThat(value(registry, LiteAllocMeters.CHUNKS)).isEqualTo(statistics.chunks());
      assertThat(value(registry, LiteAllocMeters.ARENAS, "state", "open")).isEqualTo(1);
      assertThat(value(registry, LiteAllocMeters.ARENAS, "state", "orphaned")).isZero();
      assertThat(value(registry, LiteAllocMeters.ALLOCATED)).isEqualTo(statistics.allocatedBytes());
      assertThat(value(registry, LiteAllocMeters.REALLOCATIONS, "outcome", "in-place"))
          .isEqualTo(statistics.reallocationsInPlace());
      assertThat(value(registry, LiteAllocMeters.REALLOCATIONS, "outcome", "moved"))
          .isEqualTo(statistics.reallocationsMoved());
      assertThat(value(registry, LiteAllocMeters.COPIED)).isEqualTo(statistics.copiedBytes());
      assertThat(value(registry, LiteAllocMeters.FALLBACKS, "reason", "off-loop")).isEqualTo(1);
      assertThat(value(registry, LiteAllocMeters.FALLBACKS, "reason", "heap")).isEqualTo(1);
      assertThat(value(registry, LiteAllocMeters.FALLBACKS, "reason", "budget")).isZero();
      assertThat(value(registry, LiteAllocMeters.FALLBACK_ALLOCATED, "reason", "off-loop"))
          .isEqualTo(77);
      assertThat(value(registry, LiteAllocMeters.FALLBACK_ALLOCATED, "reason", "heap"))
          .isEqualTo(55);
      assertThat(value(registry, LiteAllocMeters.FAILURES)).isZero();
      assertThat(value(registry, LiteAllocMeters.CHUNK_RELEASES))
          .isEqualTo(statistics.chunkReleases());
      assertThat(value(registry, LiteAllocMeters.SEARCHED_BLOCKS))
          .isEqualTo(statistics.searchedBlocks());
      assertThat(value(registry, LiteAllocMeters.MERGES)).isEqualTo(statistics.merges());
      assertThat(value(registry, LiteAllocMeters.SIZE_CLASS_ALLOCATIONS))
          .isEqualTo(statistics.allocations());
      for (SizeRange sizes : SizeRange.values()) {
        assertThat(
                value(registry, LiteAllocMeters.SIZE_CLASS_ALLOCATIONS, "size.class", sizes.id()))
            .isEqualTo(statistics.allocations(sizes));
      }
      assertThat(value(registry, LiteAllocMeters.INFO)).isEqualTo(1);
      assertThat(value(registry, LiteAllocMeters.BUDGET_MAX)).isEqualTo(8 << 20);
      assertThat(value(registry, LiteAllocMeters.BUDGET_RESERVED))
          .isEqualTo(allocator.metric().budget().reservedBytes());
    }
    for (ByteBuf buffer : buffers) {
      loop.release(buffer);
    }
  }

  @Test
  void frees_onAnotherThread_countAsRemote() throws Exception {
    ByteBuf first = loop.call(() -> allocator.directBuffer(100));
    first.release();
    // The owner takes remote frees back when it next allocates.
    ByteBuf second = loop.call(() -> allocator.directBuffer(100));
    try (LiteAllocMetrics metrics = new LiteAllocMetrics(allocator)) {
      metrics.bindTo(registry);
      eventually(
          () ->
              assertThat(value(registry, LiteAllocMeters.FREES, "origin", "remote")).isEqualTo(1));
      assertThat(value(registry, LiteAllocMeters.FREES, "origin", "owner")).isZero();
    }
    loop.release(second);
  }

  @Test
  void bindTo_twice_changesNothing() throws Exception {
    loop.release(loop.call(() -> allocator.directBuffer(100)));
    try (LiteAllocMetrics metrics = new LiteAllocMetrics(allocator)) {
      metrics.bindTo(registry);
      List<Meter> before = registry.getMeters();
      metrics.bindTo(registry);
      assertThat(registry.getMeters()).containsExactlyInAnyOrderElementsOf(before);
    }
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void close_twoRegistries_leavesNothingOfOursAndAllOfOthers() throws Exception {
    SimpleMeterRegistry other = new SimpleMeterRegistry();
    other.config().commonTags("service", "gateway");
    CompositeMeterRegistry composite = new CompositeMeterRegistry();
    composite.add(other);
    registry.counter("mine");
    other.counter("mine");
    loop.release(loop.call(() -> allocator.directBuffer(100)));
    LiteAllocMetrics metrics = new LiteAllocMetrics(allocator);

    metrics.bindTo(registry);
    metrics.bindTo(composite);
    assertThat(ours(registry)).hasSameSizeAs(ours(other)).hasSizeGreaterThan(20);

    metrics.close();
    metrics.close();
    assertThat(registry.getMeters()).hasSize(1);
    assertThat(other.getMeters()).hasSize(1);
    assertThatIllegalStateException()
        .isThrownBy(() -> metrics.bindTo(registry))
        .withMessageContaining("\"a\"")
        .withMessageContaining("make a new LiteAllocMetrics");
  }

  @Test
  void close_metersOfAnotherBinder_stay() {
    try (LiteAllocMetrics first = new LiteAllocMetrics(allocator)) {
      first.bindTo(registry);
      List<Meter> before = registry.getMeters();
      LiteAllocMetrics second = new LiteAllocMetrics(allocator);
      second.bindTo(registry);
      second.close();
      assertThat(registry.getMeters()).containsExactlyInAnyOrderElementsOf(before);
    }
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void close_sharedBudget_keepsItsMetersForTheOthers() {
    MemoryBudget budget = MemoryBudget.of("shared", 1 << 20);
    try (LiteByteBufAllocator b = LiteByteBufAllocator.builder().name("b").budget(budget).build();
        LiteByteBufAllocator c = LiteByteBufAllocator.builder().name("c").budget(budget).build()) {
      LiteAllocMetrics ofB = new LiteAllocMetrics(b);
      LiteAllocMetrics ofC = new LiteAllocMetrics(c);
      ofB.bindTo(registry);
      ofC.bindTo(registry);

      ofB.close();
      assertThat(value(registry, LiteAllocMeters.BUDGET_MAX, "budget", "shared"))
          .isEqualTo(1 << 20);
      ofC.close();
      assertThat(registry.getMeters()).isEmpty();
    }
  }

  @Test
  void eventLoops_comeAndGo_andTheirMetersWithThem() throws Exception {
    try (LiteAllocMetrics metrics = new LiteAllocMetrics(allocator)) {
      metrics.bindTo(registry);
      assertThat(exists(registry, LiteAllocMeters.MEMORY_USED)).isFalse();

      loop.release(loop.call(() -> allocator.directBuffer(100)));
      TestLoop second = new TestLoop("loop-2");
      second.release(second.call(() -> allocator.directBuffer(100)));
      eventually(
          () -> {
            assertThat(exists(registry, LiteAllocMeters.LOOP_FREES, "event.loop", "loop-1"))
                .isTrue();
            assertThat(exists(registry, LiteAllocMeters.LOOP_FREES, "event.loop", "loop-2"))
                .isTrue();
          });

      second.close();
      eventually(
          () -> assertThat(Search.in(registry).tag("event.loop", "loop-2").meters()).isEmpty());
      assertThat(exists(registry, LiteAllocMeters.LOOP_FREES, "event.loop", "loop-1")).isTrue();
    }
  }

  @Test
  void counters_eventLoopEnds_neverFall() throws Exception {
    try (LiteAllocMetrics metrics = new LiteAllocMetrics(allocator)) {
      metrics.bindTo(registry);
      double last = 0;
      for (int round = 1; round <= 4; round++) {
        TestLoop shortLived = new TestLoop("short-" + round);
        shortLived.release(shortLived.call(() -> allocator.directBuffer(1_000)));
        shortLived.close();
        int rounds = round;
        eventually(
            () ->
                assertThat(value(registry, LiteAllocMeters.ALLOCATED)).isEqualTo(rounds * 1_000.0));
        assertThat(value(registry, LiteAllocMeters.ALLOCATED)).isGreaterThan(last);
        last = value(registry, LiteAllocMeters.ALLOCATED);
      }
      eventually(
          () -> {
            assertThat(value(registry, LiteAllocMeters.ARENAS, "state", "open")).isZero();
            assertThat(exists(registry, LiteAllocMeters.MEMORY_USED)).isFalse();
          });
      assertThat(value(registry, LiteAllocMeters.CHUNK_RELEASES)).isGreaterThanOrEqualTo(4);
    }
  }

  @Test
  void orphanedArena_lastBufferReleased_vanishes() throws Exception {
    TestLoop ending = new TestLoop("ending");
    ByteBuf survivor = ending.call(() -> allocator.directBuffer(1_000));
    try (LiteAllocMetrics metrics = new LiteAllocMetrics(allocator)) {
      metrics.bindTo(registry);
      ending.close();
      eventually(
          () ->
              assertThat(value(registry, LiteAllocMeters.ARENAS, "state", "orphaned"))
                  .isEqualTo(1));
      assertThat(value(registry, LiteAllocMeters.LIVE_BUFFERS, "event.loop", "ending"))
          .isEqualTo(1);

      survivor.release();
      eventually(
          () -> {
            assertThat(value(registry, LiteAllocMeters.ARENAS, "state", "orphaned")).isZero();
            assertThat(exists(registry, LiteAllocMeters.LIVE_BUFFERS)).isFalse();
          });
      assertThat(value(registry, LiteAllocMeters.ALLOCATED)).isEqualTo(1_000);
    }
  }

  @Test
  void eventLoopDetail_none_sumsUpAll() throws Exception {
    TestLoop second = new TestLoop("loop-2");
    ByteBuf first = loop.call(() -> allocator.directBuffer(100));
    ByteBuf other = second.call(() -> allocator.directBuffer(100));
    try (LiteAllocMetrics metrics =
        LiteAllocMetrics.builder(allocator).eventLoopDetail(0).build()) {
      metrics.bindTo(registry);
      assertThat(Search.in(registry).name("lite.alloc.live.buffers").meters()).hasSize(1);
      assertThat(value(registry, LiteAllocMeters.LIVE_BUFFERS, "event.loop", "all")).isEqualTo(2);

      second.release(other);
      second.close();
      eventually(() -> assertThat(value(registry, LiteAllocMeters.LIVE_BUFFERS)).isEqualTo(1));
      assertThat(value(registry, LiteAllocMeters.LOOP_ALLOCATIONS, "event.loop", "all"))
          .isEqualTo(2);
    }
    loop.release(first);
  }

  @Test
  void eventLoopDetail_tooManyLoops_showsTheRestAsOther() throws Exception {
    loop.release(loop.call(() -> allocator.directBuffer(100)));
    try (TestLoop second = new TestLoop("loop-2");
        TestLoop third = new TestLoop("loop-3");
        LiteAllocMetrics metrics = LiteAllocMetrics.builder(allocator).eventLoopDetail(1).build()) {
      metrics.bindTo(registry);
      second.release(second.call(() -> allocator.directBuffer(100)));
      third.release(third.call(() -> allocator.directBuffer(100)));
      eventually(
          () ->
              assertThat(value(registry, LiteAllocMeters.LOOP_ALLOCATIONS, "event.loop", "other"))
                  .isEqualTo(2));
      assertThat(value(registry, LiteAllocMeters.LOOP_ALLOCATIONS, "event.loop", "loop-1"))
          .isEqualTo(1);
      assertThat(exists(registry, LiteAllocMeters.LOOP_ALLOCATIONS, "event.loop", "loop-2"))
          .isFalse();
    }
  }

  @Test
  void oldestAndWaiting_ofALoop_tellSinceWhenAndHowMany() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().name("a").build();
        TestLoop loop = new TestLoop("loop-1");
        LiteAllocMetrics metrics = new LiteAllocMetrics(allocator)) {
      metrics.bindTo(registry);
      long beforeMillis = System.currentTimeMillis();
      ByteBuf first = loop.call(() -> allocator.directBuffer(100));
      ByteBuf second = loop.call(() -> allocator.directBuffer(1_000));
      eventually(
          () ->
              assertThat(value(registry, LiteAllocMeters.OLDEST_LIVE_TIME, "event.loop", "loop-1"))
                  .isBetween(beforeMillis / 1e3 - 1.1, System.currentTimeMillis() / 1e3 + 0.1));
      assertThat(value(registry, LiteAllocMeters.SIZE_CLASS_LIVE_BUFFERS)).isEqualTo(2);
      assertThat(value(registry, LiteAllocMeters.SIZE_CLASS_LIVE_BUFFERS, "size.class", "1024"))
          .isEqualTo(1);

      CountDownLatch goOn = new CountDownLatch(1);
      loop.submit(
          () -> {
            try {
              goOn.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      first.release();
      second.release();
      eventually(
          () ->
              assertThat(
                      value(registry, LiteAllocMeters.REMOTE_FREES_PENDING, "event.loop", "loop-1"))
                  .isEqualTo(2));
      goOn.countDown();
      eventually(
          () -> {
            assertThat(
                    value(registry, LiteAllocMeters.REMOTE_FREES_PENDING, "event.loop", "loop-1"))
                .isZero();
            assertThat(value(registry, LiteAllocMeters.OLDEST_LIVE_TIME, "event.loop", "loop-1"))
                .isZero();
          });
    }
  }

  @Test
  void values_afterGarbageCollection_goOn() throws Exception {
    loop.release(loop.call(() -> allocator.directBuffer(100)));
    WeakReference<LiteAllocMetrics> binder = bindAndForget();
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(20);
    }
    loop.release(loop.call(() -> allocator.directBuffer(100)));
    eventually(
        () ->
            assertThat(value(registry, LiteAllocMeters.LOOP_ALLOCATIONS, "event.loop", "loop-1"))
                .isEqualTo(2));
    for (Meter meter : ours(registry)) {
      assertThat(meter.measure().iterator().next().getValue()).as("%s", meter.getId()).isNotNaN();
    }
    LiteAllocMetrics bound = binder.get();
    assertThat(bound).as("listens, so the allocator holds it").isNotNull();
    Objects.requireNonNull(bound).close();
  }

  /** In a method of its own, so that no local variable holds the binder. */
  private WeakReference<LiteAllocMetrics> bindAndForget() {
    LiteAllocMetrics metrics = new LiteAllocMetrics(allocator);
    metrics.bindTo(registry);
    return new WeakReference<>(metrics);
  }

  @Test
  void counters_gaugesDenied_surviveGarbageCollection() throws Exception {
    registry.config().meterFilter(MeterFilter.deny(id -> id.getType() == Meter.Type.GAUGE));
    try (LiteAllocMetrics metrics = new LiteAllocMetrics(allocator)) {
      metrics.bindTo(registry);
      assertThat(registry.find("lite.alloc.info").gauge()).isNull();
      System.gc();
      loop.release(loop.call(() -> allocator.directBuffer(100)));
      eventually(() -> assertThat(value(registry, LiteAllocMeters.ALLOCATED)).isEqualTo(100));
    }
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void tags_ofTheUser_areOnEveryMeter() {
    try (LiteAllocMetrics metrics =
        LiteAllocMetrics.builder(allocator).tags("service", "gateway").build()) {
      metrics.bindTo(registry);
      assertThat(ours(registry))
          .isNotEmpty()
          .allSatisfy(meter -> assertThat(meter.getId().getTag("service")).isEqualTo("gateway"));
      Gauge info = registry.get("lite.alloc.info").gauge();
      assertThat(info.getId().getTag("allocator")).isEqualTo("a");
      assertThat(info.getId().getTag("strategy")).isEqualTo(allocator.strategy());
    }
  }

  @Test
  void elsewhereAndTraffic_whatTheAllocatorSays_isOnTheMeters() throws Exception {
    try (LiteAllocMetrics metrics = new LiteAllocMetrics(allocator)) {
      metrics.bindTo(registry);
      List<ByteBuf> buffers = new ArrayList<>();
      loop.call(
          () -> {
            buffers.add(allocator.directBuffer(1_000));
            buffers.add(allocator.directBuffer(9 << 20)); // more than there may be
            buffers.add(allocator.heapBuffer(500));
            return null;
          });
      eventually(
          () -> {
            TrafficShare traffic = allocator.metric().traffic();
            assertThat(value(registry, LiteAllocMeters.ALLOCATIONS))
                .isEqualTo(traffic.arenaRequests());
            assertThat(value(registry, LiteAllocMeters.ALLOCATED)).isEqualTo(traffic.arenaBytes());
            traffic
                .rest()
                .forEach(
                    (reason, part) -> {
                      assertThat(value(registry, LiteAllocMeters.FALLBACKS, "reason", reason.id()))
                          .isEqualTo(part.requests());
                      assertThat(
                              value(
                                  registry,
                                  LiteAllocMeters.FALLBACK_ALLOCATED,
                                  "reason",
                                  reason.id()))
                          .isEqualTo(part.bytes());
                    });
            assertThat(value(registry, LiteAllocMeters.ELSEWHERE_MEMORY, "memory", "direct"))
                .isEqualTo(9 << 20);
            assertThat(value(registry, LiteAllocMeters.ELSEWHERE_BUFFERS, "memory", "direct"))
                .isEqualTo(1);
            assertThat(value(registry, LiteAllocMeters.ELSEWHERE_MEMORY, "memory", "heap"))
                .isEqualTo(500);
            assertThat(value(registry, LiteAllocMeters.ELSEWHERE_BUFFERS, "memory", "heap"))
                .isEqualTo(1);
            assertThat(value(registry, LiteAllocMeters.PASS_THROUGH)).isZero();
          });
      for (ByteBuf buffer : buffers) {
        loop.release(buffer);
      }
      allocator.passThrough(true);
      eventually(
          () -> {
            assertThat(value(registry, LiteAllocMeters.ELSEWHERE_MEMORY, "memory", "direct"))
                .isZero();
            assertThat(value(registry, LiteAllocMeters.PASS_THROUGH)).isEqualTo(1);
          });
    }
  }

  @Test
  void fallbackReasons_all_haveAMeter() throws Exception {
    try (LiteAllocMetrics metrics = new LiteAllocMetrics(allocator)) {
      metrics.bindTo(registry);
      allocator.close();
      loop.release(loop.call(() -> allocator.directBuffer(100)));
      eventually(
          () ->
              assertThat(value(registry, LiteAllocMeters.FALLBACKS, "reason", "closed"))
                  .isEqualTo(allocator.metric().fallbacks(FallbackReason.CLOSED))
                  .isEqualTo(1));
    }
  }

  @Test
  void strategy_changedWhileBound_isFollowedByInfoAndArenasOnly() throws Exception {
    String before = allocator.strategy();
    ByteBuf survivor = loop.call(() -> allocator.directBuffer(100));
    loop.release(loop.call(() -> allocator.directBuffer(100)));
    try (LiteAllocMetrics metrics = new LiteAllocMetrics(allocator)) {
      metrics.bindTo(registry);
      assertThat(ours(registry))
          .allSatisfy(
              meter ->
                  assertThat(meter.getId().getTag("strategy") != null)
                      .as("%s", meter.getId())
                      .isEqualTo(
                          meter.getId().getName().equals("lite.alloc.info")
                              || meter.getId().getName().equals("lite.alloc.arenas")));

      allocator.strategy("free-list");
      loop.release(loop.call(() -> allocator.directBuffer(100)));
      eventually(
          () -> {
            value(registry, LiteAllocMeters.ALLOCATIONS); // somebody looks
            assertThat(Search.in(registry).name("lite.alloc.info").meters())
                .singleElement()
                .satisfies(
                    info -> assertThat(info.getId().getTag("strategy")).isEqualTo("free-list"));
            assertThat(
                    value(
                        registry, LiteAllocMeters.ARENAS, "strategy", before, "state", "retiring"))
                .isEqualTo(1);
            assertThat(
                    value(
                        registry, LiteAllocMeters.ARENAS, "strategy", "free-list", "state", "open"))
                .isEqualTo(1);
          });
      loop.release(survivor);
      eventually(() -> assertThat(Search.in(registry).tag("strategy", before).meters()).isEmpty());
      eventually(
          () ->
              assertThat(value(registry, LiteAllocMeters.LOOP_ALLOCATIONS, "event.loop", "loop-1"))
                  .isEqualTo(3));
      assertThat(value(registry, LiteAllocMeters.ALLOCATIONS)).isEqualTo(3);
    }
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void strategy_changedWithoutArenas_isSeenWhenSomebodyLooks() throws Exception {
    try (LiteAllocMetrics metrics = new LiteAllocMetrics(allocator)) {
      metrics.bindTo(registry);
      allocator.strategy("free-list");
      eventually(
          () -> {
            value(registry, LiteAllocMeters.ALLOCATIONS);
            assertThat(exists(registry, LiteAllocMeters.INFO, "strategy", "free-list")).isTrue();
          });
    }
  }

  @Test
  void budgets_ofOneName_areToldApartAndStayWithTheirOwner() {
    MemoryBudget small = MemoryBudget.of("same", 1 << 20);
    MemoryBudget large = MemoryBudget.of("same", 2 << 20);
    try (LiteByteBufAllocator b = LiteByteBufAllocator.builder().name("b").budget(small).build();
        LiteByteBufAllocator c = LiteByteBufAllocator.builder().name("c").budget(large).build()) {
      LiteAllocMetrics ofB = new LiteAllocMetrics(b);
      LiteAllocMetrics ofC = new LiteAllocMetrics(c);
      ofB.bindTo(registry);
      ofC.bindTo(registry);
      assertThat(value(registry, LiteAllocMeters.BUDGET_MAX, "budget", "same")).isEqualTo(1 << 20);
      assertThat(value(registry, LiteAllocMeters.BUDGET_MAX, "budget", "same-2"))
          .isEqualTo(2 << 20);

      ofB.close();
      assertThat(value(registry, LiteAllocMeters.BUDGET_MAX, "budget", "same-2"))
          .isEqualTo(2 << 20);
      assertThat(exists(registry, LiteAllocMeters.BUDGET_MAX, "budget", "same")).isFalse();
      ofC.close();
      assertThat(registry.getMeters()).isEmpty();
    }
  }

  @Test
  void budget_thatIsFull_showsRefusalsPeakAndTimeUnderPressure() throws Exception {
    MemoryBudget budget = MemoryBudget.of("small", 1 << 20);
    try (LiteByteBufAllocator b = LiteByteBufAllocator.builder().name("b").budget(budget).build();
        LiteAllocMetrics metrics = new LiteAllocMetrics(b)) {
      metrics.bindTo(registry);
      ByteBuf all = loop.call(() -> b.directBuffer(1 << 20));
      loop.release(loop.call(() -> b.directBuffer(1 << 20))); // the fallback's
      Thread.sleep(20);

      assertThat(value(registry, LiteAllocMeters.BUDGET_REFUSALS, "reason", "budget"))
          .isEqualTo(budget.refusals())
          .isPositive();
      assertThat(value(registry, LiteAllocMeters.BUDGET_REFUSALS, "reason", "system")).isZero();
      assertThat(value(registry, LiteAllocMeters.BUDGET_PEAK)).isEqualTo(1 << 20);
      assertThat(value(registry, LiteAllocMeters.BUDGET_UNCOLLECTED)).isZero();
      assertThat(value(registry, LiteAllocMeters.BUDGET_PRESSURE, "level", "critical"))
          .isBetween(0.02, 60.0);
      assertThat(value(registry, LiteAllocMeters.BUDGET_PRESSURE, "level", "high")).isZero();
      loop.release(all);
    }
  }

  @Test
  void name_ofAClosedAllocatorThatIsBound_isNotGivenAway() {
    LiteAllocMetrics first = new LiteAllocMetrics(allocator);
    first.bindTo(registry);
    allocator.close();
    try (LiteByteBufAllocator second = LiteByteBufAllocator.builder().name("a").build();
        LiteAllocMetrics ofSecond = new LiteAllocMetrics(second)) {
      ofSecond.bindTo(registry);
      assertThat(second.name()).isEqualTo("a-2");
      first.close();
      assertThat(exists(registry, LiteAllocMeters.ALLOCATIONS, "allocator", "a-2")).isTrue();
    }
    try (LiteByteBufAllocator third = LiteByteBufAllocator.builder().name("a").build()) {
      assertThat(third.name()).isEqualTo("a");
    }
  }

  @Test
  void bindTo_registryThatThrowsHalfWay_leavesNothing() throws Exception {
    loop.release(loop.call(() -> allocator.directBuffer(100)));
    for (int served : new int[] {0, 1, 10, 20, 25, 30}) {
      AtomicInteger left = new AtomicInteger(served);
      SimpleMeterRegistry failing = new SimpleMeterRegistry();
      failing
          .config()
          .meterFilter(
              new MeterFilter() {
                @Override
                public MeterFilterReply accept(Meter.Id id) {
                  if (left.getAndDecrement() <= 0) {
                    throw new IllegalStateException("full");
                  }
                  return MeterFilterReply.NEUTRAL;
                }
              });
      LiteAllocMetrics metrics = new LiteAllocMetrics(allocator);
      assertThatIllegalStateException().isThrownBy(() -> metrics.bindTo(failing));
      assertThat(failing.getMeters()).as("after %s", served).isEmpty();

      left.set(Integer.MAX_VALUE);
      metrics.bindTo(failing);
      assertThat(ours(failing)).hasSizeGreaterThan(25);
      metrics.close();
      assertThat(failing.getMeters()).isEmpty();
    }
  }

  @Test
  void registration_failsOnce_isMadeUpForWhenSomebodyLooks() throws Exception {
    AtomicInteger failures = new AtomicInteger();
    registry
        .config()
        .meterFilter(
            new MeterFilter() {
              @Override
              public MeterFilterReply accept(Meter.Id id) {
                if (id.getTag("event.loop") != null && failures.getAndIncrement() == 0) {
                  throw new AssertionError("once");
                }
                return MeterFilterReply.NEUTRAL;
              }
            });
    try (LiteAllocMetrics metrics = new LiteAllocMetrics(allocator)) {
      metrics.bindTo(registry);
      loop.release(loop.call(() -> allocator.directBuffer(100)));
      eventually(() -> assertThat(failures).hasPositiveValue());
      eventually(
          () -> {
            value(registry, LiteAllocMeters.ALLOCATIONS);
            assertThat(exists(registry, LiteAllocMeters.LOOP_FREES, "event.loop", "loop-1"))
                .isTrue();
          });
    }
  }

  @Test
  void arenaEvents_manyBinders_shareOneThread() throws Exception {
    List<LiteAllocMetrics> binders = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      LiteAllocMetrics metrics = new LiteAllocMetrics(allocator);
      metrics.bindTo(new SimpleMeterRegistry());
      binders.add(metrics);
    }
    loop.release(loop.call(() -> allocator.directBuffer(100)));
    assertThat(
            Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("lite-alloc-meters")))
        .hasSizeLessThanOrEqualTo(1);
    binders.forEach(LiteAllocMetrics::close);
  }
}
