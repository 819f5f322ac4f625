package io.github.litealloc.memory;

import java.util.function.LongSupplier;

/** What tests of other packages may see of a budget and its stores, and users may not. */
public final class BudgetInsight {

  private BudgetInsight() {}

  /** What arenas hold or were promised. */
  public static long allottedBytes(MemoryBudget budget) {
    return budget.allottedBytes();
  }

  /** What arenas hold or have claimed. */
  public static long heldBytes(MemoryBudget budget) {
    return budget.heldBytes();
  }

  /** A budget with a clock of its own. */
  public static MemoryBudget budget(String name, long maxBytes, LongSupplier nanoTime) {
    return new MemoryBudget(name, maxBytes, nanoTime);
  }

  /** Gives a store another clock. */
  public static ChunkStoreBuilder withClock(ChunkStoreBuilder builder, LongSupplier nanoTime) {
    return builder.nanoTime(nanoTime);
  }
}
