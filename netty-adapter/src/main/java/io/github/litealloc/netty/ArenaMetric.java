package io.github.litealloc.netty;

import io.github.litealloc.Arena;
import io.github.litealloc.ArenaStatistics;

/**
 * One arena as seen from outside; keeping it keeps no memory alive.
 *
 * @since 0.1.0
 */
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

    /** {@return the name for people, in lower case} */
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

  static ArenaMetric of(Arena arena, boolean isRetired) {
    Stage closed = isRetired ? Stage.RETIRING : Stage.ORPHANED;
    Stage stage = isRetired || arena.isClosed() ? closed : Stage.OPEN;
    return new ArenaMetric(arena.name(), arena.strategy(), stage, arena.statistics());
  }

  /** {@return whose arena it is: the name of the owner thread} */
  public String eventLoop() {
    return eventLoop;
  }

  /**
   * {@return the name of the arena's allocation strategy, which in a retiring arena is a former one
   * of the allocator}
   */
  public String strategy() {
    return strategy;
  }

  /** {@return whether the arena hands out buffers, and if not, why it still exists} */
  public Stage stage() {
    return stage;
  }

  /**
   * {@return whether the owner has ended, or the allocator was closed, while buffers were out: the
   * arena waits for the last of them}
   */
  public boolean orphaned() {
    return stage == Stage.ORPHANED;
  }

  /**
   * {@return whether the owner has moved on to an arena of another strategy while buffers were out:
   * the arena hands out nothing more, and waits for the last of them}
   */
  public boolean retiring() {
    return stage == Stage.RETIRING;
  }

  /** {@return the arena's figures, which go on changing} */
  public ArenaStatistics statistics() {
    return statistics;
  }
}
