package com.example.modular;

import io.github.litealloc.metrics.LiteAllocMetrics;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.function.Supplier;

/** What needs Micrometer: a class of its own, which is loaded only where its module is there. */
final class Meters implements Supplier<String> {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  Meters(LiteByteBufAllocator allocator) {
    new LiteAllocMetrics(allocator).bindTo(registry);
  }

  @Override
  public String get() {
    double live =
        registry.find("lite.alloc.live.buffers").gauges().stream().mapToDouble(Gauge::value).sum();
    return "live buffers: " + (long) live + " (" + registry.getMeters().size() + " meters)\n";
  }
}
