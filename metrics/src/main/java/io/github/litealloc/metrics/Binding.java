package io.github.litealloc.metrics;

import static io.github.litealloc.metrics.MeterKey.ALLOCATOR;

import io.github.litealloc.metrics.internal.AllocatorFigures;
import io.github.litealloc.metrics.internal.AllocatorReader;
import io.github.litealloc.netty.LiteAllocatorMetric;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** One allocator's meters in one registry. Not thread-safe: guarded by {@link LiteAllocMetrics}. */
final class Binding {

  private final MeterRegistry registry;
  private final LiteAllocatorMetric allocator;
  private final Tags userTags;
  private final Tags allocatorTags;
  private final AllocatorReader reader;
  private final List<Meter.Id> allocatorMeters;
  private final Map<String, List<Meter.Id>> loopMeters = new HashMap<>();
  private final Map<String, List<Meter.Id>> arenaMeters = new HashMap<>(); // by strategy
  private final Map<String, List<Meter.Id>> infoMeters = new HashMap<>(); // by strategy

  /** Registers the meters that depend neither on event loops nor on the strategy, or none. */
  Binding(
      MeterRegistry registry,
      LiteAllocatorMetric allocator,
      Tags userTags,
      AllocatorReader reader) {
    this.registry = registry;
    this.allocator = allocator;
    this.userTags = userTags;
    this.reader = reader;
    allocatorTags = userTags.and(ALLOCATOR.asString(), allocator.name());
    TagKeys.acquire(registry, userTags);
    List<Meter.Id> registered = List.of();
    try {
      registered = AllocatorMeters.register(registry, reader, allocatorTags);
      BudgetMeters.acquire(registry, allocator.budget(), userTags);
      try {
        ProcessMeters.acquire(registry, userTags);
      } catch (RuntimeException | Error e) {
        BudgetMeters.release(registry, allocator.budget(), userTags);
        throw e;
      }
    } catch (RuntimeException | Error e) {
      registered.forEach(registry::remove);
      TagKeys.release(registry, userTags);
      throw e;
    }
    allocatorMeters = registered;
  }

  MeterRegistry registry() {
    return registry;
  }

  /** Makes the event loops and the strategies that have meters exactly those that there are. */
  void show(AllocatorFigures figures) {
    show(
        loopMeters,
        figures.loops().keySet(),
        name -> LoopMeters.register(registry, reader, name, allocatorTags));
    show(
        arenaMeters,
        figures.arenas().keySet(),
        strategy -> StrategyMeters.registerArenas(registry, reader, allocatorTags, strategy));
    show(
        infoMeters,
        Set.of(figures.strategy()),
        strategy -> StrategyMeters.registerInfo(registry, reader, allocatorTags, strategy));
  }

  private void show(
      Map<String, List<Meter.Id>> shown,
      Set<String> names,
      Function<String, List<Meter.Id>> register) {
    shown
        .entrySet()
        .removeIf(
            each -> {
              boolean isGone = !names.contains(each.getKey());
              if (isGone) {
                each.getValue().forEach(registry::remove);
              }
              return isGone;
            });
    for (String name : names) {
      shown.computeIfAbsent(name, register);
    }
  }

  /** Removes all that was registered. */
  void remove() {
    for (Map<String, List<Meter.Id>> shown : List.of(loopMeters, arenaMeters, infoMeters)) {
      show(shown, Set.of(), name -> List.of());
    }
    allocatorMeters.forEach(registry::remove);
    BudgetMeters.release(registry, allocator.budget(), userTags);
    ProcessMeters.release(registry, userTags);
    TagKeys.release(registry, userTags);
  }
}
