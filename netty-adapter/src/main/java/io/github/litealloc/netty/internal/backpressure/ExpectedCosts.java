package io.github.litealloc.netty.internal.backpressure;

/** What a channel's next read is expected to cost. One gate, one thread. */
final class ExpectedCosts {

  /** So many times what it has asked for at once may a peer still ask for. */
  private static final int MOST_REQUESTS = 16;

  private final PressedBudget shared;

  ExpectedCosts(PressedBudget shared) {
    this.shared = shared;
  }

  /** What a channel may cost that goes on: its next message, or all that its peer will ask for. */
  long bytes(ReadRecord record, long nowNanos) {
    if (!record.isGrowing()) {
      return shared.costBytes(nowNanos);
    }
    return record.waitsForCredit() ? restBytes(record, nowNanos) : record.costBytes();
  }

  /**
   * What a peer that must give credit may still ask for: as much in all as others lately, unless it
   * asks for far less at a time.
   */
  long restBytes(ReadRecord record, long nowNanos) {
    long rest = Math.max(0, shared.askedBytes(nowNanos) - record.askedBytes());
    return Math.min(rest, MOST_REQUESTS * record.costBytes());
  }

  /**
   * Whether what a channel brings next is likely to set memory free: the first time after it has
   * let memory grow, unless its peer may ask for more before it gives credit, and if that has asked
   * for as much as any other lately.
   */
  boolean isNextDueUpdate(ReadRecord record, long nowNanos) {
    return record.waitsForCredit() ? restBytes(record, nowNanos) == 0 : record.isFirstTry();
  }
}
