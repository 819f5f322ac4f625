package io.github.litealloc.metrics.internal;

import io.github.litealloc.ArenaFigures;

/**
 * The arenas that share one event loop name, over time. Not thread-safe: guarded by its {@link
 * AllocatorReader}.
 */
final class LoopGroup {

  private final String name;

  /** Counters of the arenas that this group has lost. */
  private ArenaFigures ended = ArenaFigures.NONE;

  private ArenaFigures sum = ArenaFigures.NONE;
  private ArenaFigures last = ArenaFigures.NONE;
  private LoopLive live = LoopLive.NONE;
  private int arenas;
  private boolean orphaned;

  LoopGroup(String name) {
    this.name = name;
  }

  /** Starts a new reading. */
  void begin() {
    sum = ended;
    live = LoopLive.NONE;
    arenas = 0;
    orphaned = false;
  }

  /** Adds an arena to the reading. */
  void add(ArenaFigures figures, boolean arenaOrphaned, LoopLive ofArena) {
    sum = sum.plus(figures);
    live = live.plus(ofArena);
    arenas++;
    orphaned |= arenaOrphaned;
  }

  /** Keeps what an arena that is gone had counted; this reading must not hold it otherwise. */
  void retire(ArenaFigures figures) {
    ArenaFigures counters = figures.countersOnly();
    ended = ended.plus(counters);
    sum = sum.plus(counters);
  }

  boolean isEmpty() {
    return arenas == 0;
  }

  /** Ends the reading. */
  LoopFigures end() {
    last = sum.notBelow(last);
    return new LoopFigures(name, orphaned, last, live);
  }
}
