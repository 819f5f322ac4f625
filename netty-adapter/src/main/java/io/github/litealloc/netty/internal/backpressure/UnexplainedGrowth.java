package io.github.litealloc.netty.internal.backpressure;

import java.util.concurrent.atomic.LongAdder;

/**
 * By how much an allocator's memory grows apart from what its channels read. One gate, one thread.
 */
final class UnexplainedGrowth {

  /** What passes for reads that are not noted yet, as a part of the budget. */
  private static final int BUDGET_PART = 128;

  private final PressedMemory memory;
  private final PressedBudget shared;
  private final LongAdder grownByReads;
  private long usedBefore;
  private long grownByReadsBefore;

  UnexplainedGrowth(PressedMemory memory, PressedBudget shared, LongAdder grownByReads) {
    this.memory = memory;
    this.shared = shared;
    this.grownByReads = grownByReads;
  }

  /** The bytes since this was asked last. */
  long takeBytes() {
    long used = memory.usedBytes();
    long grown = grownByReads.sum();
    long bytes = used - usedBefore - (grown - grownByReadsBefore);
    usedBefore = used;
    grownByReadsBefore = grown;
    return bytes;
  }

  /** The same, if they are worth it to put them down to somebody; else 0. */
  long takeBytesOfNote() {
    // Each event loop may have read a message that it has not handed on yet.
    long unnoted = PressedBudget.LEAST_COST_BYTES * shared.gates();
    long bytes = takeBytes();
    return bytes > Math.max(unnoted, shared.maxBytes() / BUDGET_PART) ? bytes : 0;
  }
}
