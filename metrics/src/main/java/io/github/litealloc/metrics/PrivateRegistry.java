package io.github.litealloc.metrics;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;

/**
 * A Prometheus registry with the meters of some allocators and nothing else. A class of its own, so
 * that {@link DashboardServer} can be loaded where there is no Prometheus library, and can say so.
 */
final class PrivateRegistry implements AutoCloseable {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final List<LiteAllocMetrics> metrics = new ArrayList<>();

  PrivateRegistry(List<LiteByteBufAllocator> allocators) {
    for (LiteByteBufAllocator allocator : allocators) {
      LiteAllocMetrics bound = new LiteAllocMetrics(allocator);
      metrics.add(bound);
      bound.bindTo(registry);
    }
  }

  PrometheusMeterRegistry registry() {
    return registry;
  }

  @Override
  public void close() {
    metrics.forEach(LiteAllocMetrics::close);
    registry.close();
  }
}
