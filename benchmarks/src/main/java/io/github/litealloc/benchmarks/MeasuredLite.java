package io.github.litealloc.benchmarks;

import io.github.litealloc.ArenaFigure;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.netty.FallbackReason;
import io.github.litealloc.netty.LiteAllocatorBuilder;
import io.github.litealloc.netty.LiteAllocatorMetric;
import io.github.litealloc.netty.LiteByteBufAllocator;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/** Our allocator, on a budget that nothing else uses, so that its peak is exact. */
public final class MeasuredLite implements MeasuredAllocator {

  private final Candidate candidate;
  private final MemoryBudget budget;
  private final LiteByteBufAllocator allocator;

  /**
   * Opens our allocator.
   *
   * @param candidate which strategy
   * @param name of the allocator and its budget, as the dashboard shows them
   * @param maxBytes the ceiling of its budget, at least 1
   */
  public MeasuredLite(Candidate candidate, String name, long maxBytes) {
    this(candidate, name, maxBytes, builder -> builder);
  }

  /**
   * Opens our allocator with settings of its own.
   *
   * @param candidate which strategy
   * @param name of the allocator and its budget, as the dashboard shows them
   * @param maxBytes the ceiling of its budget, at least 1
   * @param settings what else is to be set
   */
  public MeasuredLite(
      Candidate candidate,
      String name,
      long maxBytes,
      UnaryOperator<LiteAllocatorBuilder> settings) {
    this.candidate = candidate;
    this.budget = MemoryBudget.of(name, maxBytes);
    this.allocator =
        settings
            .apply(
                LiteByteBufAllocator.builder()
                    .name(name)
                    .strategy(candidate.strategy())
                    .budget(budget))
            .build();
  }

  /**
   * Returns the ceiling.
   *
   * @return bytes
   */
  public long maxBytes() {
    return budget.maxBytes();
  }

  /**
   * Returns the bytes of the direct buffers that did not come from an arena.
   *
   * @return the bytes of all requests so far; heap buffers are not among them
   */
  public long fallbackBytes() {
    long bytes = 0;
    for (FallbackReason reason : fallbacks().keySet()) {
      bytes += allocator.metric().fallbackBytes(reason);
    }
    return bytes;
  }

  /**
   * Returns the bytes of live direct buffers outside of the arenas.
   *
   * @return bytes
   */
  public long elsewhereBytes() {
    return allocator.metric().elsewhereBytes();
  }

  @Override
  public Candidate candidate() {
    return candidate;
  }

  @Override
  public LiteByteBufAllocator allocator() {
    return allocator;
  }

  @Override
  public long reservedBytes() {
    return budget.reservedBytes();
  }

  @Override
  public long peakReservedBytes() {
    return budget.peakReservedBytes();
  }

  @Override
  public OptionalLong usedBytes() {
    return OptionalLong.of(allocator.metric().usedBytes());
  }

  /**
   * Returns how many buffers the arenas have served.
   *
   * @return allocations of all arenas, living and gone
   */
  public long arenaAllocations() {
    LiteAllocatorMetric metric = allocator.metric();
    long allocations = metric.closedArenas().get(ArenaFigure.ALLOCATIONS);
    for (var arena : metric.arenas()) {
      allocations += arena.statistics().allocations();
    }
    return allocations;
  }

  /**
   * Returns the direct buffers that did not come from an arena.
   *
   * @return how many for each reason that occurred; heap buffers are not among them
   */
  public Map<FallbackReason, Long> fallbacks() {
    Map<FallbackReason, Long> fallbacks = new EnumMap<>(FallbackReason.class);
    for (FallbackReason reason : FallbackReason.values()) {
      long count = allocator.metric().fallbacks(reason);
      if (reason != FallbackReason.HEAP && count > 0) {
        fallbacks.put(reason, count);
      }
    }
    return fallbacks;
  }

  /**
   * Returns the share of the direct buffers that did not come from an arena.
   *
   * @return 0 to 1; 1 if no arena has served anything, for then nothing of ours was measured
   */
  public double fallbackShare() {
    long arena = arenaAllocations();
    long elsewhere = fallbacks().values().stream().mapToLong(Long::longValue).sum();
    return arena == 0 ? 1 : elsewhere / (double) (arena + elsewhere);
  }

  @Override
  public void close() {
    allocator.close();
  }
}
