package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.metrics.internal.AllocatorReader;
import io.github.litealloc.metrics.internal.UniqueName;
import io.github.litealloc.netty.LiteAllocatorMetric;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Reads all allocators of the dashboard. */
final class Observer {

  private final long madeNanos = System.nanoTime();
  private final List<AllocatorReader> readers = new ArrayList<>();

  /**
   * Each budget once, with a name that no other one has. Two are equal if they are the same one.
   */
  private final Map<MemoryBudget, String> budgets = new LinkedHashMap<>();

  private final List<NettyAllocator> nettyAllocators;

  Observer(List<LiteAllocatorMetric> allocators, List<NettyAllocator> nettyAllocators) {
    this.nettyAllocators = List.copyOf(nettyAllocators);
    for (LiteAllocatorMetric allocator : allocators) {
      readers.add(new AllocatorReader(allocator, Integer.MAX_VALUE));
      MemoryBudget budget = allocator.budget();
      if (!budgets.containsKey(budget)) {
        budgets.put(budget, UniqueName.of(budget.name(), budgets::containsValue));
      }
    }
  }

  Moment observe() {
    List<AllocatorView> views = new ArrayList<>();
    for (AllocatorReader reader : readers) {
      LiteAllocatorMetric metric = reader.metric();
      views.add(
          new AllocatorView(
              metric.name(),
              metric.strategy(),
              budgets.getOrDefault(metric.budget(), metric.budget().name()),
              reader.figures()));
    }
    List<BudgetFigures> figures = new ArrayList<>();
    budgets.forEach((budget, name) -> figures.add(BudgetFigures.of(name, budget)));
    long elapsedNanos = System.nanoTime() - madeNanos;
    return new Moment(
        System.currentTimeMillis(),
        TimeUnit.NANOSECONDS.toMillis(elapsedNanos),
        views,
        figures,
        nettyFigures());
  }

  /** One that throws is left out of this moment: the others are still worth seeing. */
  private List<NettyFigures> nettyFigures() {
    List<NettyFigures> told = new ArrayList<>();
    for (NettyAllocator allocator : nettyAllocators) {
      try {
        told.add(NettyFigures.of(allocator));
      } catch (RuntimeException e) {
        // Somebody else's code; it is asked again with the next moment.
      }
    }
    return told;
  }
}
