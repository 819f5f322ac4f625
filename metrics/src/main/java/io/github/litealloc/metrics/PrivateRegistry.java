package io.github.litealloc.metrics;

import io.github.litealloc.metrics.internal.dashboard.NettyAllocator;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.micrometer.core.instrument.binder.netty4.NettyAllocatorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;

/**
 * A Prometheus registry with the meters of some allocators, those of Netty by Micrometer's own
 * binder, and nothing else. A class of its own, so that {@link DashboardServer} can be loaded where
 * there is no Prometheus library, and can say so.
 */
final class PrivateRegistry implements AutoCloseable {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final List<LiteAllocMetrics> metrics = new ArrayList<>();

  PrivateRegistry(List<LiteByteBufAllocator> allocators, List<NettyAllocator> nettyAllocators) {
    for (LiteByteBufAllocator allocator : allocators) {
      LiteAllocMetrics bound = new LiteAllocMetrics(allocator);
      metrics.add(bound);
      bound.bindTo(registry);
    }
    try {
      for (NettyAllocator netty : nettyAllocators) {
        new NettyAllocatorMetrics(netty.allocator()).bindTo(registry);
      }
    } catch (RuntimeException e) {
      close(); // of somebody else's allocator that does not tell
      throw e;
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
