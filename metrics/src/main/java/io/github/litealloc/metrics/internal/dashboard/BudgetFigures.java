package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.memory.MemoryBudget;

/**
 * A budget at one moment.
 *
 * @param name its name
 * @param max bytes it allows, {@link Long#MAX_VALUE} if it only counts
 * @param reserved bytes charged
 * @param peak highest number of bytes charged so far
 * @param refusals charges refused so far
 */
record BudgetFigures(String name, long max, long reserved, long peak, long refusals) {

  static BudgetFigures of(MemoryBudget budget) {
    long reserved = budget.reservedBytes();
    return new BudgetFigures(
        budget.name(),
        budget.maxBytes(),
        reserved,
        Math.max(reserved, budget.peakReservedBytes()),
        budget.refusals());
  }

  boolean isLimited() {
    return max != Long.MAX_VALUE;
  }
}
