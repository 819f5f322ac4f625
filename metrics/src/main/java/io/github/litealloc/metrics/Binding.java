package io.github.litealloc.metrics;

import static io.github.litealloc.metrics.LiteAllocMeters.Key.ALLOCATOR;
import static io.github.litealloc.metrics.LiteAllocMeters.Key.STRATEGY;

import io.github.litealloc.metrics.internal.AllocatorReader;
import io.github.litealloc.netty.LiteAllocatorMetric;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One allocator's meters in one registry. Not thread-safe: guarded by {@link LiteAllocMetrics}. */
final class Binding {

  private final MeterRegistry registry;
  private final LiteAllocatorMetric allocator;
  private final Tags userTags;
  private final Tags allocatorTags;
  private final AllocatorReader reader;
  private final List<Meter.Id> allocatorMeters;
  private final Map<String, List<Meter.Id>> loopMeters = new HashMap<>();

  /** Registers the meters that do not depend on event loops. */
  Binding(
      MeterRegistry registry,
      LiteAllocatorMetric allocator,
      Tags userTags,
      AllocatorReader reader) {
    this.registry = registry;
    this.allocator = allocator;
    this.userTags = userTags;
    this.reader = reader;
    allocatorTags =
        userTags.and(
            ALLOCATOR.asString(), allocator.name(), STRATEGY.asString(), allocator.strategy());
    allocatorMeters = AllocatorMeters.register(registry, reader, allocatorTags);
    BudgetMeters.acquire(registry, allocator.budget(), userTags);
  }

  MeterRegistry registry() {
    return registry;
  }

  /** Makes the event loops that have meters exactly the given ones. */
  void showLoops(Set<String> eventLoops) {
    loopMeters
        .entrySet()
        .removeIf(
            loop -> {
              boolean gone = !eventLoops.contains(loop.getKey());
              if (gone) {
                loop.getValue().forEach(registry::remove);
              }
              return gone;
            });
    for (String eventLoop : eventLoops) {
      loopMeters.computeIfAbsent(
          eventLoop, name -> LoopMeters.register(registry, reader, name, allocatorTags));
    }
  }

  /** Removes all that was registered. */
  void remove() {
    showLoops(Set.of());
    allocatorMeters.forEach(registry::remove);
    BudgetMeters.release(registry, allocator.budget(), userTags);
  }
}
