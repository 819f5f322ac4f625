package io.github.litealloc.netty;

import io.github.litealloc.ArenaStatistics;

/** One arena as seen from outside; keeping it keeps no memory alive. */
public final class ArenaMetric {

  private final String eventLoop;
  private final boolean orphaned;
  private final ArenaStatistics statistics;

  ArenaMetric(String eventLoop, boolean orphaned, ArenaStatistics statistics) {
    this.eventLoop = eventLoop;
    this.orphaned = orphaned;
    this.statistics = statistics;
  }

  /**
   * Returns whose arena it is.
   *
   * @return the name of the owner thread
   */
  public String eventLoop() {
    return eventLoop;
  }

  /**
   * Tells whether the owner has ended, or the allocator was closed, while buffers were out.
   *
   * @return {@code true} if the arena waits for its last buffer
   */
  public boolean orphaned() {
    return orphaned;
  }

  /**
   * Returns the figures, which go on changing.
   *
   * @return the arena's statistics
   */
  public ArenaStatistics statistics() {
    return statistics;
  }
}
