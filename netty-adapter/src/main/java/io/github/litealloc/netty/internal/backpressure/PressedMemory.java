package io.github.litealloc.netty.internal.backpressure;

import io.github.litealloc.memory.MemoryBudget;

/** What a gate knows of the allocator whose channels it stops. */
public interface PressedMemory {

  /** {@return the budget whose pressure shuts the gate} Any thread. */
  MemoryBudget budget();

  /** {@return the bytes in live blocks of the allocator} Any thread. */
  long usedBytes();

  /** Gives back what the calling event loop can spare. */
  void trim();
}
