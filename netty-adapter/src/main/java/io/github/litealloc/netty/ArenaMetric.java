package io.github.litealloc.netty;

import io.github.litealloc.ArenaStatistics;

/** One arena as seen from outside; keeping it keeps no memory alive. */
public final class ArenaMetric {

  /** Whether an arena hands out buffers, and if not, why it still exists. */
  public enum Stage {
    /** It hands out buffers. */
    OPEN("open"),
    /** Its owner has ended, or the allocator was closed, while buffers were out. */
    ORPHANED("orphaned"),
    /** Its owner has moved on to an arena of another strategy while buffers were out. */
    RETIRING("retiring");

    private final String id;

    Stage(String id) {
      this.id = id;
    }

    /**
     * Returns the name for people.
     *
     * @return a name in lower case
     */
    public String id() {
      return id;
    }
  }

  private final String eventLoop;
  private final String strategy;
  private final Stage stage;
  private final ArenaStatistics statistics;

  ArenaMetric(String eventLoop, String strategy, Stage stage, ArenaStatistics statistics) {
    this.eventLoop = eventLoop;
    this.strategy = strategy;
    this.stage = stage;
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
   * Returns the name of the arena's allocation strategy, which in a retiring arena is a former one
   * of the allocator.
   *
   * @return such as {@code "hybrid"}
   */
  public String strategy() {
    return strategy;
  }

  /**
   * Returns whether the arena hands out buffers.
   *
   * @return the stage that it is in
   */
  public Stage stage() {
    return stage;
  }

  /**
   * Tells whether the owner has ended, or the allocator was closed, while buffers were out.
   *
   * @return {@code true} if the arena waits for its last buffer
   */
  public boolean orphaned() {
    return stage == Stage.ORPHANED;
  }

  /**
   * Tells whether the owner has moved on to an arena of another strategy while buffers were out.
   *
   * @return {@code true} if the arena hands out nothing more and waits for its last buffer
   */
  public boolean retiring() {
    return stage == Stage.RETIRING;
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
