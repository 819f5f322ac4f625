package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.metrics.internal.AllocatorReader;
import io.github.litealloc.netty.LiteAllocatorMetric;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads all allocators of the dashboard. */
final class Observer {

  private final List<AllocatorReader> readers = new ArrayList<>();

  /** Each budget once: two are equal if they are the same one. */
  private final Set<MemoryBudget> budgets = new LinkedHashSet<>();

  Observer(List<LiteAllocatorMetric> allocators) {
    for (LiteAllocatorMetric allocator : allocators) {
      readers.add(new AllocatorReader(allocator, Integer.MAX_VALUE));
      budgets.add(allocator.budget());
    }
  }

  Moment observe() {
    List<AllocatorView> views = new ArrayList<>();
    for (AllocatorReader reader : readers) {
      LiteAllocatorMetric metric = reader.metric();
      views.add(new AllocatorView(metric.name(), metric.strategy(), reader.figures()));
    }
    return new Moment(
        System.currentTimeMillis(), views, budgets.stream().map(BudgetFigures::of).toList());
  }
}
