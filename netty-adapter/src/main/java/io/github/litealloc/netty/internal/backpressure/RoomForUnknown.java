package io.github.litealloc.netty.internal.backpressure;

/** Whether a channel may read that nobody knows yet. One gate, one thread. */
final class RoomForUnknown {

  /**
   * What a message may cost that collects what comes in, and a little more for what is kept with
   * it.
   */
  private static final long SMALL_COST_BYTES = 2 * PressedBudget.LEAST_COST_BYTES;

  private final PressedMemory memory;
  private final PressedBudget shared;
  private final RoomForBegun begun;
  private final RisksWithoutRoom risks;

  RoomForUnknown(
      PressedMemory memory, PressedBudget shared, RoomForBegun begun, RisksWithoutRoom risks) {
    this.memory = memory;
    this.shared = shared;
    this.begun = begun;
    this.risks = risks;
  }

  boolean mayRead(long reservedBytes, long nowNanos, long tick) {
    long cost = shared.costBytes(nowNanos);
    return fits(reservedBytes, cost, nowNanos) || mayTry(cost, tick);
  }

  private boolean fits(long reservedBytes, long cost, long nowNanos) {
    // What is small fits into chunks that others have filled in part; what is large may not.
    return shared.fits(reservedBytes, begun.bytes(nowNanos) + bytes(cost))
        || cost <= PressedBudget.LEAST_COST_BYTES
            && bytes(cost) <= shared.maxBytes() - reservedBytes + memory.freeBytes();
  }

  /** Twice the cost: one that nobody knows may well cost more than those before. */
  private long bytes(long cost) {
    return 2 * cost * shared.gates();
  }

  /**
   * Whether reads cost little at the moment, and none that had no room has let memory grow within
   * this tick: those who hold all of the memory must not keep out everybody who comes.
   */
  private boolean mayTry(long cost, long tick) {
    return cost <= SMALL_COST_BYTES && !risks.grewIn(tick);
  }

  /**
   * What must be set free before one has room: on many event loops no more than it takes for one,
   * or to have half of the budget free.
   */
  long missingBytes(long nowNanos) {
    long cost = shared.costBytes(nowNanos);
    long bytes = Math.min(bytes(cost), Math.max(2 * cost, shared.maxBytes() / 2));
    return shared.missingBytes(memory.budget().reservedBytes(), begun.bytes(nowNanos) + bytes);
  }
}
