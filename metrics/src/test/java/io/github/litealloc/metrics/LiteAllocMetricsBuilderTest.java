package io.github.litealloc.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LiteAllocMetricsBuilderTest {

  private final LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().name("a").build();
  private final LiteAllocMetrics.Builder builder = LiteAllocMetrics.builder(allocator);

  @AfterEach
  void close() {
    allocator.close();
  }

  @Test
  void allocator_null_isRefused() {
    String message = "allocator: null (expected: an allocator)";
    Refused.asNull(message, () -> LiteAllocMetrics.builder(Refused.nothing()));
    Refused.asNull(message, () -> new LiteAllocMetrics(Refused.nothing()));
  }

  @Test
  void bindTo_null_isRefused() {
    try (LiteAllocMetrics metrics = builder.build()) {
      Refused.asNull(
          "registry: null (expected: a meter registry)", () -> metrics.bindTo(Refused.nothing()));
    }
  }

  @Test
  void eventLoopDetail_negative_isRefused() {
    Refused.with(
        "eventLoopDetail: -1 (expected: at least 0 event loops)",
        () -> builder.eventLoopDetail(-1));
  }

  @Test
  void tags_null_isRefused() {
    Refused.asNull(
        "tags: null (expected: keys and values)", () -> builder.tags((String[]) Refused.nothing()));
    Refused.asNull(
        "tags: [service, null] (expected: no value is null)",
        () -> builder.tags("service", Refused.nothing()));
    Refused.asNull(
        "tags: [null, gateway] (expected: no key is null)",
        () -> builder.tags(Refused.nothing(), "gateway"));
  }

  @Test
  void tags_valueMissing_isRefused() {
    Refused.with(
        "tags: service (expected: a value after each key, so an even number of strings)",
        () -> builder.tags("service"));
  }

  @Test
  void tags_emptyText_isRefused() {
    Refused.with(
        "tags: [ , gateway] (expected: no key is empty or blank)",
        () -> builder.tags(" ", "gateway"));
    Refused.with(
        "tags: [service, ] (expected: no value is empty or blank)",
        () -> builder.tags("service", ""));
  }

  @Test
  void tags_keyOfOurs_isRefused() {
    for (MeterKey key : MeterKey.values()) {
      Refused.with(
          "tags: " + key.asString() + " (expected: a key that the meters do not have already)",
          () -> builder.tags(key.asString(), "mine"));
    }
  }

  @Test
  void tags_keyTwice_isRefusedAndTheFirstStays() {
    String message =
        "tags: service (expected: each key once; this one has the value \"gateway\" already)";
    builder.tags("service", "gateway").tags("zone", "b");
    Refused.with(message, () -> builder.tags("service", "other"));
    Refused.with(message, () -> builder.tags("floor", "1", "service", "gateway"));
    Refused.with(
        "tags: room (expected: each key once; this one has the value \"2\" already)",
        () -> builder.tags("room", "2", "room", "3"));

    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (LiteAllocMetrics metrics = builder.build()) {
      metrics.bindTo(registry);
      assertThat(registry.getMeters())
          .isNotEmpty()
          .allSatisfy(
              meter -> {
                assertThat(meter.getId().getTag("service")).isEqualTo("gateway");
                assertThat(meter.getId().getTag("zone")).isEqualTo("b");
                assertThat(meter.getId().getTag("floor")).isNull();
              });
    }
  }
}
