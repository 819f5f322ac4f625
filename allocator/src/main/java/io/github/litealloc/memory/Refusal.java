package io.github.litealloc.memory;

/** Who refused a chunk. */
public enum Refusal {
  /** The {@link MemoryBudget}: its ceiling is reached, or what is left is promised to others. */
  BUDGET,
  /**
   * The system behind the {@link MemorySource}: it has no memory, or had none a moment ago. The
   * budget would have had room.
   */
  SYSTEM
}
