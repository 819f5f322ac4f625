package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.ArenaFigure;
import java.util.List;

/**
 * All that the dashboard shows of one moment.
 *
 * @param timeMillis Unix time in milliseconds
 * @param allocators the allocators, in the order in which they were given
 * @param budgets their budgets, each once
 */
record Moment(long timeMillis, List<AllocatorView> allocators, List<BudgetFigures> budgets) {

  /** Sums a figure over the allocators. */
  long total(ArenaFigure figure) {
    return allocators.stream().mapToLong(view -> view.figures().total().get(figure)).sum();
  }

  long directFallbacks() {
    return allocators.stream().mapToLong(view -> view.figures().directFallbacks()).sum();
  }

  long failures() {
    return allocators.stream().mapToLong(view -> view.figures().failures()).sum();
  }

  long refusals() {
    return budgets.stream().mapToLong(BudgetFigures::refusals).sum();
  }
}
