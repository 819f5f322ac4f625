package io.github.litealloc.spring;

import io.github.litealloc.ArenaFigure;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.netty.ArenaMetric;
import io.github.litealloc.netty.FallbackReason;
import io.github.litealloc.netty.LiteAllocatorMetric;
import io.github.litealloc.netty.LiteByteBufAllocator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the endpoint tells of an allocator.
 *
 * @param name the allocator's name
 * @param strategy its allocation strategy
 * @param sampling 1 in how many buffers is sampled, or 0
 * @param budget what its chunks are charged to
 * @param figures sums over its arenas
 * @param failures requests that threw
 * @param fallbacks requests that another allocator served, by reason
 * @param arenas each arena
 * @since 0.1.0
 */
public record AllocatorAnswer(
    String name,
    String strategy,
    int sampling,
    Budget budget,
    Map<String, Long> figures,
    long failures,
    Map<String, Fallback> fallbacks,
    List<Arena> arenas) {

  /**
   * A budget.
   *
   * @param name its name
   * @param pressure how near it is to its ceiling
   * @param reservedBytes what is charged to it, perhaps by other allocators, too
   * @param maxBytes its ceiling
   */
  public record Budget(String name, String pressure, long reservedBytes, long maxBytes) {}

  /**
   * What another allocator served for one reason.
   *
   * @param requests how many
   * @param bytes for how much
   */
  public record Fallback(long requests, long bytes) {}

  /**
   * An arena.
   *
   * @param eventLoop whose it is
   * @param strategy its strategy, which may be a former one of the allocator
   * @param stage whether it is open, or why it still exists
   * @param figures its figures
   */
  public record Arena(String eventLoop, String strategy, String stage, Map<String, Long> figures) {}

  static AllocatorAnswer of(LiteByteBufAllocator allocator) {
    LiteAllocatorMetric metric = allocator.metric();
    List<Arena> arenas = metric.arenas().stream().map(AllocatorAnswer::arena).toList();
    Map<String, Fallback> fallbacks = new LinkedHashMap<>();
    for (FallbackReason reason : FallbackReason.values()) {
      fallbacks.put(
          reason.id(), new Fallback(metric.fallbacks(reason), metric.fallbackBytes(reason)));
    }
    return new AllocatorAnswer(
        metric.name(),
        metric.strategy(),
        allocator.sampling(),
        budget(metric.budget()),
        sum(arenas),
        metric.failures(),
        fallbacks,
        arenas);
  }

  private static Budget budget(MemoryBudget budget) {
    return new Budget(
        budget.name(),
        budget.pressure().name().toLowerCase(Locale.ROOT),
        budget.reservedBytes(),
        budget.maxBytes());
  }

  private static Arena arena(ArenaMetric arena) {
    Map<String, Long> figures = new LinkedHashMap<>();
    for (ArenaFigure figure : ArenaFigure.values()) {
      figures.put(figure.id(), arena.statistics().get(figure));
    }
    return new Arena(arena.eventLoop(), arena.strategy(), arena.stage().id(), figures);
  }

  private static Map<String, Long> sum(List<Arena> arenas) {
    Map<String, Long> sum = new LinkedHashMap<>();
    for (ArenaFigure figure : ArenaFigure.values()) {
      sum.put(
          figure.id(), arenas.stream().mapToLong(arena -> arena.figures().get(figure.id())).sum());
    }
    return sum;
  }
}
