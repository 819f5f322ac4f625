package io.github.litealloc;

/**
 * What an arena knows of time: what has happened between one call of {@link Arena#tick} and the
 * next.
 */
final class ArenaClock {

  private static final long NEVER_TICKED = -1;

  private final ArenaStatistics statistics;
  private long allocations = NEVER_TICKED;
  private long remoteFrees;
  private boolean hadRemoteFrees;
  private boolean isSilent;
  private long silentSinceNanos;

  /** It never ticked. */
  ArenaClock(ArenaStatistics statistics) {
    this.statistics = statistics;
  }

  /** Compares what has happened up to now with what had happened up to the last time. */
  void tick(long nowNanos) {
    isSilent = statistics.allocations() == allocations;
    allocations = statistics.allocations();
    if (!isSilent) {
      silentSinceNanos = nowNanos;
    }
    hadRemoteFrees = statistics.remoteFrees != remoteFrees;
    remoteFrees = statistics.remoteFrees;
  }

  /** Whether nothing was allocated between the last two ticks. */
  boolean isSilent() {
    return isSilent;
  }

  /**
   * What a tick gives back for.
   *
   * @param isWanted whether memory is short, or another arena waits for some
   */
  TrimTrigger trigger(boolean isWanted) {
    return isSilent ? TrimTrigger.IDLE : isWanted ? TrimTrigger.PRESSURE : TrimTrigger.DECAY;
  }

  long silentNanos(long nowNanos) {
    return nowNanos - silentSinceNanos;
  }

  /** Whether other threads handed something over between the last two ticks. */
  boolean hadRemoteFrees() {
    return hadRemoteFrees;
  }
}
