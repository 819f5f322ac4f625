package io.github.litealloc.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.MemoryBudget;
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

      assertThat(tagValues(registry, LiteAllocMeters.FALLBACKS, LiteAllocMeters.Key.REASON))
          .containsExactlyInAnyOrderElementsOf(
              Arrays.stream(FallbackReason.values()).map(FallbackReason::id).toList());
      assertThat(tagValues(registry, LiteAllocMeters.REALLOCATIONS, LiteAllocMeters.Key.OUTCOME))
          .containsExactlyInAnyOrder("in-place", "moved");
      assertThat(tagValues(registry, LiteAllocMeters.ARENAS, LiteAllocMeters.Key.STATE))
          .containsExactlyInAnyOrder("open", "orphaned", "retiring");
      assertThat(tagValues(registry, LiteAllocMeters.BUDGET_REFUSALS, LiteAllocMeters.Key.REASON))
          .containsExactlyInAnyOrder("budget", "system", "collector");
      assertThat(tagValues(registry, LiteAllocMeters.BUDGET_PRESSURE, LiteAllocMeters.Key.LEVEL))
          .containsExactlyInAnyOrder("high", "critical");
      assertThat(
              tagValues(registry, LiteAllocMeters.FALLBACK_ALLOCATED, LiteAllocMeters.Key.REASON))
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
            "For each allocator 32,",
            "each event loop 11;",
            "budget 9;",
            "process 2.",
            "has 747.",
            "54");
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
      assertThat(detailed.getMeters()).hasSize(32 + loops * 11 + 9 + 2).hasSize(747);
      assertThat(sums.getMeters()).hasSize(32 + 11 + 9 + 2);
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
