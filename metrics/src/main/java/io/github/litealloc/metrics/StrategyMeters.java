package io.github.litealloc.metrics;

import static io.github.litealloc.metrics.MeterKey.SOURCE;
import static io.github.litealloc.metrics.MeterKey.STATE;
import static io.github.litealloc.metrics.MeterKey.STRATEGY;
import static io.github.litealloc.metrics.MeterKey.VERSION;

import io.github.litealloc.metrics.internal.AllocatorReader;
import io.github.litealloc.metrics.internal.Version;
import io.github.litealloc.netty.ArenaMetric;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;

/** The meters that say which strategy an allocator has; no others have its name as a tag. */
final class StrategyMeters {

  private StrategyMeters() {}

  /** Registers how many arenas of a strategy there are. */
  static List<Meter.Id> registerArenas(
      MeterRegistry registry, AllocatorReader reader, Tags allocatorTags, String strategy) {
    Registrar meters = new Registrar(registry, allocatorTags.and(STRATEGY.asString(), strategy));
    return meters.register(
        () -> {
          for (ArenaMetric.Stage stage : ArenaMetric.Stage.values()) {
            meters.add(
                LiteAllocMeters.ARENAS,
                Tags.of(STATE.asString(), stage.id()),
                reader::figures,
                figures -> figures.arenas(strategy, stage));
          }
        });
  }

  /** Registers what runs now. */
  static List<Meter.Id> registerInfo(
      MeterRegistry registry, AllocatorReader reader, Tags allocatorTags, String strategy) {
    Registrar meters = new Registrar(registry, allocatorTags.and(STRATEGY.asString(), strategy));
    return meters.register(
        () ->
            meters.add(
                LiteAllocMeters.INFO,
                Tags.of(
                    SOURCE.asString(),
                    reader.metric().memorySource(),
                    VERSION.asString(),
                    Version.get()),
                reader::figures,
                figures -> 1));
  }
}
