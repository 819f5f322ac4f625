package io.github.litealloc.memory;

/**
 * Who refused a chunk.
 *
 * @since 0.1.0
 */
public enum Refusal {
  /** The {@link MemoryBudget}: its ceiling is reached, or what is left is promised to others. */
  BUDGET,
  /**
   * The garbage collector, which has not taken yet what nobody uses any more: there is room for the
   * chunk in the budget, but not in one piece before the collector has come by, which it was asked
   * for. Only where nothing else frees memory ({@link MemorySource#freesAtOnce}).
   */
  COLLECTOR,
  /**
   * The system behind the {@link MemorySource}: it has no memory, or had none a moment ago. The
   * budget would have had room.
   */
  SYSTEM
}
