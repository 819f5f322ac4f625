package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemoryPressure;

/**
 * A budget at one moment.
 *
 * @param name its name, with a number if others have that name too
 * @param maxBytes bytes it allows, {@link Long#MAX_VALUE} if it only counts
 * @param reservedBytes bytes charged
 * @param peakReservedBytes highest number of bytes charged so far
 * @param idleBytes of them, empty chunks that are kept for the next arena
 * @param refusals charges refused so far
 * @param pressure how pressed it is
 */
record BudgetFigures(
    String name,
    long maxBytes,
    long reservedBytes,
    long peakReservedBytes,
    long idleBytes,
    long refusals,
    MemoryPressure pressure) {

  static BudgetFigures of(String name, MemoryBudget budget) {
    long reserved = budget.reservedBytes();
    return new BudgetFigures(
        name,
        budget.maxBytes(),
        reserved,
        Math.max(reserved, budget.peakReservedBytes()),
        budget.idleBytes(),
        budget.refusals(),
        budget.pressure());
  }

  boolean isLimited() {
    return maxBytes != Long.MAX_VALUE;
  }
}
