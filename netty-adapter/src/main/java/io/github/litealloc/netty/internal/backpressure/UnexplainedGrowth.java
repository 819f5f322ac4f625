package io.github.litealloc.netty.internal.backpressure;

import java.util.concurrent.atomic.LongAdder;

/**
 * By how much an allocator's memory grows apart from what its channels read. One gate, one thread.
 */
final class UnexplainedGrowth {

  private final PressedMemory memory;
  private final LongAdder grownByReads;
  private long usedBefore;
  private long grownByReadsBefore;

  UnexplainedGrowth(PressedMemory memory, LongAdder grownByReads) {
    this.memory = memory;
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
}
