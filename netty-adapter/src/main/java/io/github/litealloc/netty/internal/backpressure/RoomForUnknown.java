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
  private final RisksWithoutRoom risks;

  RoomForUnknown(PressedMemory memory, PressedBudget shared, RisksWithoutRoom risks) {
    this.memory = memory;
    this.shared = shared;
    this.risks = risks;
  }

  /**
   * @param takenBytes what is reserved, or is about to be by reads that are under way
   */
  boolean mayRead(long takenBytes, long nowNanos, long tick) {
    long cost = shared.costBytes(nowNanos);
    return fits(takenBytes, cost, nowNanos) || mayTry(cost, tick);
  }

  private boolean fits(long takenBytes, long cost, long nowNanos) {
    // What is small fits into chunks that others have filled in part; what is large may not.
    return shared.fits(takenBytes, shared.begun().bytes(nowNanos) + 2 * cost)
        || cost <= PressedBudget.LEAST_COST_BYTES
            && 2 * cost <= shared.maxBytes() - takenBytes + memory.freeBytes();
  }

  /** Twice the cost: one that nobody knows may well cost more than those before. */
  long bytes(long nowNanos) {
    return 2 * shared.costBytes(nowNanos);
  }

  /**
   * Whether reads cost little at the moment, and none that had no room has let memory grow within
   * this tick: those who hold all of the memory must not keep out everybody who comes.
   */
  private boolean mayTry(long cost, long tick) {
    return cost <= SMALL_COST_BYTES && !risks.grewIn(tick);
  }

  /** What must be set free before one has room. */
  long missingBytes(long nowNanos) {
    return shared.missingBytes(
        memory.budget().reservedBytes(), shared.begun().bytes(nowNanos) + bytes(nowNanos));
  }
}
