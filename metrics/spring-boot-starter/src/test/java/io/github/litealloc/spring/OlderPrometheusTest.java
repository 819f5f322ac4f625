package io.github.litealloc.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.litealloc.metrics.LiteAllocMetrics;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Prometheus' registry as Boot 4.0 has it: one set of tag keys for each name. */
final class OlderPrometheusTest {

  private final PrometheusMeterRegistry prometheus =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT).throwExceptionOnRegistrationFailure();

  private final LiteByteBufAllocator a = LiteByteBufAllocator.builder().name("a").build();
  private final LiteByteBufAllocator b = LiteByteBufAllocator.builder().name("b").build();

  @AfterEach
  void close() {
    a.close();
    b.close();
  }

  @Test
  void tags_ofTwoBindersWithOtherKeys_areRefused() {
    CompositeMeterRegistry inFront = new CompositeMeterRegistry();
    inFront.add(prometheus);
    for (MeterRegistry registry : new MeterRegistry[] {prometheus, inFront}) {
      LiteAllocMetrics ofA = LiteAllocMetrics.builder(a).tags("service", "x").build();
      LiteAllocMetrics ofB = LiteAllocMetrics.builder(b).tags("team", "y").build();
      LiteAllocMetrics alike = LiteAllocMetrics.builder(b).tags("service", "y").build();
      ofA.bindTo(prometheus);

      assertThatIllegalArgumentException()
          .isThrownBy(() -> ofB.bindTo(registry))
          .withMessageStartingWith("tags: [team] (expected: the keys [service],")
          .withMessageContaining("before Micrometer 1.17");
      assertThat(prometheus.scrape()).doesNotContain("\"b\"");

      alike.bindTo(registry);
      assertThat(prometheus.scrape())
          .contains("lite_alloc_allocated_bytes_total{allocator=\"b\",service=\"y\"} 0.0");
      alike.close();
      ofA.close();
      ofB.bindTo(registry); // nothing that it could not stand beside is left
      ofB.close();
    }
  }
}
