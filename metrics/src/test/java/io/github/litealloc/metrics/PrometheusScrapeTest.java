package io.github.litealloc.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What Prometheus sees. Boards and alerts of users depend on these names. */
final class PrometheusScrapeTest {

  private static final Pattern SAMPLE =
      Pattern.compile("([a-z_]+)(?:\\{((?:[a-z_]+=\"[^\"]*\",?)*)})? (-?[0-9.E-]+|NaN)");

  /** Names with their label keys. */
  static final String[] EXPECTED = {
    "lite_alloc_allocated_bytes_total allocator",
    "lite_alloc_allocations_total allocator path",
    "lite_alloc_arenas allocator state strategy",
    "lite_alloc_budget_idle_bytes budget",
    "lite_alloc_budget_max_bytes budget",
    "lite_alloc_budget_peak_bytes budget",
    "lite_alloc_budget_pressure_seconds_total budget level",
    "lite_alloc_budget_refusals_total budget reason",
    "lite_alloc_budget_reserved_bytes budget",
    "lite_alloc_budget_uncollected_bytes budget",
    "lite_alloc_chunk_releases_total allocator",
    "lite_alloc_chunk_reservation_seconds_count allocator",
    "lite_alloc_chunk_reservation_seconds_sum allocator",
    "lite_alloc_chunks allocator",
    "lite_alloc_copied_bytes_total allocator",
    "lite_alloc_elsewhere_buffers allocator memory",
    "lite_alloc_elsewhere_memory_bytes allocator memory",
    "lite_alloc_failures_total allocator reason",
    "lite_alloc_fallback_allocated_bytes_total allocator reason",
    "lite_alloc_fallbacks_total allocator reason",
    "lite_alloc_free_blocks allocator",
    "lite_alloc_frees_total allocator origin",
    "lite_alloc_info allocator source strategy version",
    "lite_alloc_live_buffers allocator event_loop",
    "lite_alloc_lock_meetings_total allocator",
    "lite_alloc_lock_wait_seconds_count allocator",
    "lite_alloc_lock_wait_seconds_sum allocator",
    "lite_alloc_loop_allocations_total allocator event_loop",
    "lite_alloc_loop_frees_total allocator event_loop origin",
    "lite_alloc_memory_committed_bytes allocator event_loop",
    "lite_alloc_memory_free_bytes allocator kind",
    "lite_alloc_memory_free_largest_bytes allocator",
    "lite_alloc_memory_kept_bytes allocator event_loop",
    "lite_alloc_memory_peak_bytes allocator event_loop",
    "lite_alloc_memory_pinned_bytes allocator event_loop",
    "lite_alloc_memory_requested_bytes allocator event_loop",
    "lite_alloc_memory_reserved_bytes allocator event_loop",
    "lite_alloc_memory_used_bytes allocator event_loop",
    "lite_alloc_merges_total allocator",
    "lite_alloc_native_trimmed_bytes_total",
    "lite_alloc_native_trims_total",
    "lite_alloc_oldest_live_time_seconds allocator event_loop",
    "lite_alloc_pass_through allocator",
    "lite_alloc_reallocations_total allocator outcome",
    "lite_alloc_refusal_time_seconds_total allocator",
    "lite_alloc_refusals_total allocator reason",
    "lite_alloc_remote_frees_pending allocator event_loop",
    "lite_alloc_resets_total allocator",
    "lite_alloc_searched_blocks_total allocator",
    "lite_alloc_size_class_allocations_total allocator size_class",
    "lite_alloc_size_class_live_buffers allocator size_class",
    "lite_alloc_system_release_seconds_count",
    "lite_alloc_system_release_seconds_sum",
    "lite_alloc_trimmed_bytes_total allocator trigger",
    "lite_alloc_trims_total allocator trigger",
    "lite_alloc_violations_total allocator kind",
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT).throwExceptionOnRegistrationFailure();

  /** Parses a scrape; fails on lines that do not parse and on series that occur twice. */
  private static Map<String, Double> parse(String scrape) {
    Map<String, Double> series = new HashMap<>();
    for (String line : scrape.split("\n")) {
      if (line.startsWith("# HELP ") || line.startsWith("# TYPE ")) {
        assertThat(line.split(" ", 4)).as(line).hasSize(4);
        continue;
      }
      Matcher sample = SAMPLE.matcher(line);
      assertThat(sample.matches()).as(line).isTrue();
      String labels = sample.group(2) == null ? "" : sample.group(2);
      String key = sample.group(1) + '{' + labels + '}';
      assertThat(series.put(key, Double.valueOf(sample.group(3)))).as(key).isNull();
    }
    return series;
  }

  @Test
  void scrape_twoAllocatorsAndLoops_hasEverySeriesOnceUnderItsName() throws Exception {
    try (LiteByteBufAllocator a = LiteByteBufAllocator.builder().name("a").build();
        LiteByteBufAllocator b =
            LiteByteBufAllocator.builder().name("b").strategy("free-list").build();
        TestLoop one = new TestLoop("loop-1");
        TestLoop two = new TestLoop("loop-2");
        LiteAllocMetrics ofA = new LiteAllocMetrics(a);
        LiteAllocMetrics ofB = new LiteAllocMetrics(b)) {
      for (LiteByteBufAllocator allocator : new LiteByteBufAllocator[] {a, b}) {
        for (TestLoop loop : new TestLoop[] {one, two}) {
          loop.release(loop.call(() -> allocator.directBuffer(1_000)));
        }
      }
      ofA.bindTo(registry);
      ofB.bindTo(registry);
      Map<String, Double> series = parse(registry.scrape());

      TreeSet<String> names = new TreeSet<>();
      TreeMap<String, Integer> perName = new TreeMap<>();
      for (String key : series.keySet()) {
        String name = key.substring(0, key.indexOf('{'));
        String labels = key.substring(name.length() + 1, key.length() - 1);
        TreeSet<String> keys = new TreeSet<>();
        for (String label : labels.isEmpty() ? new String[0] : labels.split(",")) {
          keys.add(label.substring(0, label.indexOf('=')));
        }
        names.add((name + ' ' + String.join(" ", keys)).strip());
        perName.merge(name, 1, Integer::sum);
      }
      assertThat(names).containsExactly(EXPECTED);
      assertThat(perName)
          .containsEntry("lite_alloc_memory_used_bytes", 4)
          .containsEntry("lite_alloc_frees_total", 4)
          .containsEntry("lite_alloc_loop_frees_total", 8)
          .containsEntry("lite_alloc_arenas", 6)
          .containsEntry("lite_alloc_budget_max_bytes", 1)
          .containsEntry("lite_alloc_info", 2);
    }
    assertThat(registry.scrape()).isEmpty();
  }

  @Test
  void scrape_underTraffic_isOrdered() throws Exception {
    try (LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().name("a").build();
        TestLoop loop = new TestLoop("loop");
        LiteAllocMetrics metrics = new LiteAllocMetrics(allocator)) {
      loop.release(loop.call(() -> allocator.directBuffer(1_000)));
      metrics.bindTo(registry);
      var traffic =
          loop.submit(
              () -> {
                for (int i = 0; i < 200_000; i++) {
                  ByteBuf first = allocator.directBuffer(1 + i % 3_000);
                  ByteBuf second = allocator.directBuffer(30_000);
                  first.release();
                  second.release();
                }
              });
      while (!traffic.isDone()) {
        // Longer than a snapshot lives, so that no scrape meets the change of two.
        Thread.sleep(210);
        Map<String, Double> series = parse(registry.scrape());
        String labels = "{allocator=\"a\",event_loop=\"loop\"}";
        Double requested = series.get("lite_alloc_memory_requested_bytes" + labels);
        Double used = series.get("lite_alloc_memory_used_bytes" + labels);
        Double pinned = series.get("lite_alloc_memory_pinned_bytes" + labels);
        Double reserved = series.get("lite_alloc_memory_reserved_bytes" + labels);
        assertThat(requested).isNotNull().isLessThanOrEqualTo(used);
        assertThat(used).isLessThanOrEqualTo(pinned);
        assertThat(pinned).isLessThanOrEqualTo(reserved);
      }
      traffic.get();
    }
  }

  /** Micrometer before 1.17 cannot; the Spring Boot starter, which has an older one, tests that. */
  @Test
  void tags_ofTwoBindersWithOtherKeys_areBothShown() {
    try (LiteByteBufAllocator a = LiteByteBufAllocator.builder().name("a").build();
        LiteByteBufAllocator b = LiteByteBufAllocator.builder().name("b").build();
        LiteAllocMetrics ofA = LiteAllocMetrics.builder(a).tags("service", "x").build();
        LiteAllocMetrics ofB = LiteAllocMetrics.builder(b).tags("team", "y").build()) {
      ofA.bindTo(registry);
      ofB.bindTo(registry);

      assertThat(registry.scrape())
          .contains("lite_alloc_chunks{allocator=\"a\",service=\"x\"} 0.0")
          .contains("lite_alloc_chunks{allocator=\"b\",team=\"y\"} 0.0")
          .contains("lite_alloc_budget_reserved_bytes{budget=\"default\",service=\"x\"}")
          .contains("lite_alloc_budget_reserved_bytes{budget=\"default\",team=\"y\"}");
    }
    assertThat(registry.scrape()).isBlank();
  }

  @Test
  void versions_before1_17_showOneSetOfKeysOnly() {
    assertThat(TagKeys.isLimitedVersion("1.16.6")).isTrue();
    assertThat(TagKeys.isLimitedVersion("1.9.0-RC1")).isTrue();
    assertThat(TagKeys.isLimitedVersion("1.17.0")).isFalse();
    assertThat(TagKeys.isLimitedVersion("2.0.0")).isFalse();
    assertThat(TagKeys.isLimitedVersion(null)).isFalse();
  }
}
