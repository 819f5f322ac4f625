package io.github.litealloc.netty.internal.backpressure;

import io.github.litealloc.memory.MemoryBudget;

/** The room that a gate sees in the budget, and what it keeps of it. One gate, one thread. */
final class GateRoom {

  private static final long NOT_BEGINNING = -1;

  private final MemoryBudget budget;
  private final PressedBudget shared;
  private final RoomForReads.OfGate reads;

  /** What was kept when the read began that is just being decided on. */
  private long keptBefore = NOT_BEGINNING;

  GateRoom(MemoryBudget budget, PressedBudget shared) {
    this.budget = budget;
    this.shared = shared;
    this.reads = shared.reads().enter();
  }

  void leave() {
    shared.reads().leave(reads);
  }

  /** Keeps room for a read that is to be decided on now. */
  void begin(long bytes, long nowNanos) {
    keptBefore = shared.reads().begin(reads, bytes, nowNanos);
  }

  /** Whether something was kept when it began. */
  boolean wasKeptBefore() {
    return keptBefore > 0;
  }

  void decided() {
    keptBefore = NOT_BEGINNING;
  }

  /** Such a read is over, or does not come to pass. */
  void end(long bytes) {
    if (bytes > 0) {
      shared.reads().end(reads, bytes);
    }
  }

  /** What is reserved, or is about to be by reads that are under way. */
  long takenBytes(long nowNanos) {
    // First: when it ends, it is reserved.
    long kept = keptBefore == NOT_BEGINNING ? shared.reads().bytes(nowNanos) : keptBefore;
    return kept + budget.reservedBytes();
  }

  boolean fits(long bytes, long nowNanos) {
    return shared.fits(takenBytes(nowNanos), bytes);
  }
}
