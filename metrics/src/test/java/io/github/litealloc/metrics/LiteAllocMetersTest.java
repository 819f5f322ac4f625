package io.github.litealloc.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.netty.FailureReason;
import io.github.litealloc.netty.FallbackReason;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class LiteAllocMetersTest {

  @Test
  void bindTo_withEventLoop_registersExactlyWhatTheEnumSays() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (LiteByteBufAllocator allocator =
            LiteByteBufAllocator.builder().name("a").maxBytes(1 << 20).build();
        TestLoop loop = new TestLoop("loop-1");
        LiteAllocMetrics metrics = new LiteAllocMetrics(allocator)) {
      ByteBuf buffer = loop.call(() -> allocator.directBuffer(100));
      metrics.bindTo(registry);

      Set<String> names =
          registry.getMeters().stream()
              .map(meter -> meter.getId().getName())
              .collect(Collectors.toSet());
      assertThat(names)
          .isEqualTo(
              Arrays.stream(LiteAllocMeters.values())
                  .map(LiteAllocMeters::getName)
                  .collect(Collectors.toSet()));
      registry.getMeters().forEach(meter -> assertAsDocumented(meter.getId()));
      loop.release(buffer);
    }
  }

  private static void assertAsDocumented(Meter.Id id) {
    LiteAllocMeters meter =
        Arrays.stream(LiteAllocMeters.values())
            .filter(each -> each.getName().equals(id.getName()))
            .findFirst()
            .orElseThrow();
    assertThat(id.getType()).as("type of %s", id).isEqualTo(meter.getType());
    assertThat(id.getBaseUnit()).as("unit of %s", id).isEqualTo(meter.getBaseUnit());
    assertThat(id.getDescription()).as("description of %s", id).isEqualTo(meter.description());
    assertThat(id.getTags().stream().map(Tag::getKey))
        .as("keys of %s", id)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(meter.getKeyNames()).map(KeyName::asString).toList());
  }

  @Test
  void values_closedSets_areAllThereFromTheStart() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().build();
        LiteAllocMetrics metrics = new LiteAllocMetrics(allocator)) {
      metrics.bindTo(registry);

      assertThat(tagValues(registry, LiteAllocMeters.FALLBACKS, MeterKey.REASON))
          .containsExactlyInAnyOrderElementsOf(
              Arrays.stream(FallbackReason.values()).map(FallbackReason::id).toList());
      assertThat(tagValues(registry, LiteAllocMeters.REALLOCATIONS, MeterKey.OUTCOME))
          .containsExactlyInAnyOrder("in-place", "shrunk", "moved");
      assertThat(tagValues(registry, LiteAllocMeters.ALLOCATIONS, MeterKey.PATH))
          .containsExactlyInAnyOrder("carved", "kept", "strategy", "huge");
      assertThat(tagValues(registry, LiteAllocMeters.MEMORY_FREE, MeterKey.KIND))
          .containsExactlyInAnyOrder("bump", "listed", "dead");
      assertThat(tagValues(registry, LiteAllocMeters.VIOLATIONS, MeterKey.KIND))
          .containsExactlyInAnyOrder(
              "overrun", "write-after-free", "write-to-free-memory", "double-release");
      assertThat(tagValues(registry, LiteAllocMeters.TRIMS, MeterKey.TRIGGER))
          .hasSameElementsAs(tagValues(registry, LiteAllocMeters.TRIMMED, MeterKey.TRIGGER))
          .containsExactlyInAnyOrder("idle", "decay", "pressure", "manual");
      assertThat(tagValues(registry, LiteAllocMeters.FAILURES, MeterKey.REASON))
          .containsExactlyInAnyOrderElementsOf(
              Arrays.stream(FailureReason.values()).map(FailureReason::id).toList());
      assertThat(tagValues(registry, LiteAllocMeters.REFUSALS, MeterKey.REASON))
          .containsExactlyInAnyOrder("budget", "system", "collector", "arena");
      assertThat(tagValues(registry, LiteAllocMeters.SIZE_CLASS_LIVE_BUFFERS, MeterKey.SIZE_CLASS))
          .hasSize(14)
          .contains("64", "1048576", "large");
      assertThat(tagValues(registry, LiteAllocMeters.ARENAS, MeterKey.STATE))
          .containsExactlyInAnyOrder("open", "orphaned", "retiring");
      assertThat(tagValues(registry, LiteAllocMeters.BUDGET_REFUSALS, MeterKey.REASON))
          .containsExactlyInAnyOrder("budget", "system", "collector");
      assertThat(tagValues(registry, LiteAllocMeters.BUDGET_PRESSURE, MeterKey.LEVEL))
          .containsExactlyInAnyOrder("high", "critical");
      assertThat(tagValues(registry, LiteAllocMeters.FALLBACK_ALLOCATED, MeterKey.REASON))
          .containsExactlyInAnyOrderElementsOf(
              Arrays.stream(FallbackReason.values()).map(FallbackReason::id).toList());
    }
  }

  private static List<String> tagValues(
      SimpleMeterRegistry registry, LiteAllocMeters meter, KeyName key) {
    return registry.find(meter.getName()).meters().stream()
        .map(each -> each.getId().getTag(key.asString()))
        .toList();
  }

  @Test
  void series_ofManyLoops_areAsManyAsThePageSays() throws Exception {
    assertThat(MetersPage.read())
        .contains(
            "For each allocator 94,",
            "each event loop 13;",
            "budget 10;",
            "process 3.",
            "has 939.",
            "120");
    int loops = 64;
    List<TestLoop> all = new ArrayList<>();
    SimpleMeterRegistry detailed = new SimpleMeterRegistry();
    SimpleMeterRegistry sums = new SimpleMeterRegistry();
    try (LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().name("a").build();
        LiteAllocMetrics perLoop = new LiteAllocMetrics(allocator);
        LiteAllocMetrics together =
            LiteAllocMetrics.builder(allocator).eventLoopDetail(0).build()) {
      for (int i = 0; i < loops; i++) {
        TestLoop loop = new TestLoop("loop-" + i);
        all.add(loop);
        loop.release(loop.call(() -> allocator.directBuffer(100)));
      }
      perLoop.bindTo(detailed);
      together.bindTo(sums);
      assertThat(detailed.getMeters()).hasSize(94 + loops * 13 + 10 + 3).hasSize(939);
      assertThat(sums.getMeters()).hasSize(94 + 13 + 10 + 3);
    } finally {
      all.forEach(TestLoop::close);
    }
  }

  @Test
  void budgetMax_unlimitedBudget_isNotRegistered() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (LiteByteBufAllocator allocator =
            LiteByteBufAllocator.builder().budget(MemoryBudget.unlimited("free")).build();
        LiteAllocMetrics metrics = new LiteAllocMetrics(allocator)) {
      metrics.bindTo(registry);

      assertThat(registry.find(LiteAllocMeters.BUDGET_MAX.getName()).meters()).isEmpty();
      assertThat(registry.find(LiteAllocMeters.BUDGET_RESERVED.getName()).meters()).hasSize(1);
    }
  }

  @Test
  void names_all_followTheConventions() {
    for (LiteAllocMeters meter : LiteAllocMeters.values()) {
      assertThat(meter.getName()).matches("lite\\.alloc(\\.[a-z]+)+");
      // The Prometheus client strips these endings, and two meters become one.
      assertThat(meter.getName()).doesNotMatch(".*\\.(total|created|bucket)");
      assertThat(meter.description()).isNotBlank().doesNotEndWith(".");
    }
  }
}
