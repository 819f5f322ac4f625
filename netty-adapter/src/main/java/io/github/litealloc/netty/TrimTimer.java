package io.github.litealloc.netty;

import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.ChunkStore;
import io.github.litealloc.netty.internal.Tasks;
import io.netty.util.concurrent.EventExecutor;

/**
 * Has an event loop give back what its arena no longer needs. The timer runs only while there is
 * something to give back, or other threads release buffers; a loop with neither is not woken. Owner
 * thread only, except where a method says otherwise.
 */
final class TrimTimer {

  /** What an arena may keep for ever. */
  private static final long FLOOR_BYTES = 64 * 1024;

  private final BufferArena arena;
  private final ArenaHome home;
  private final EventExecutor eventLoop;
  private final ChunkStore store;
  private final ArenaStatistics statistics;

  /** Written by the owner. */
  private volatile boolean runs;

  private boolean ended;
  private long silentIntervals;
  private long allocationsAtLastTick;
  private long remoteFreesAtLastTick;

  TrimTimer(BufferArena arena, ArenaHome home, EventExecutor eventLoop) {
    this.arena = arena;
    this.home = home;
    this.eventLoop = eventLoop;
    this.store = home.store();
    this.statistics = arena.statistics();
  }

  /** Any thread. */
  boolean runs() {
    return runs;
  }

  /** The arena has taken a chunk. In the middle of an allocation: does not touch the arena. */
  void arenaHasGrown() {
    if (statistics.reserved() > FLOOR_BYTES) {
      start();
    }
  }

  /** The owner may be asleep, and has something to drain. Any thread. */
  void remoteFreesWait() {
    if (runs) {
      return; // at most one wake-up per interval: the timer finds what follows
    }
    // If not, the loop is shutting down; closing the arena will drain the inbox.
    Tasks.execute(eventLoop, "starting an arena's timer", this::start);
  }

  private void start() {
    if (runs || ended) {
      return;
    }
    // If not, the loop is shutting down; closing the arena will give everything back.
    runs =
        Tasks.schedule(eventLoop, home.trimPace().intervalMillis(), "an arena's timer", this::tick);
  }

  private void tick() {
    runs = false;
    if (ended) {
      return;
    }
    try {
      arena.drain();
      if (statistics.allocations() == allocationsAtLastTick) {
        silentIntervals++;
        arena.trim();
      } else {
        silentIntervals = 0;
        arena.flushCache(); // or what the load no longer needs would pin its chunks for ever
      }
      store.decay(System.nanoTime());
      if (silentIntervals >= home.trimPace().silentIntervals() && keepsTheStore()) {
        store.trim();
      }
    } finally {
      if (hasReasonToWakeUp()) {
        start();
      }
      allocationsAtLastTick = statistics.allocations();
      remoteFreesAtLastTick = statistics.remoteFrees();
    }
  }

  /** Whether there is memory to give back in time, or other threads are releasing buffers. */
  private boolean hasReasonToWakeUp() {
    return statistics.reserved() > FLOOR_BYTES
        || statistics.remoteFrees() != remoteFreesAtLastTick
        || keepsTheStore();
  }

  /**
   * Whether the chunks that the store keeps are this arena's to look after: one timer is enough for
   * all. Each arena takes its own flag back before it looks at those of the others, so they cannot
   * all rely on each other.
   */
  private boolean keepsTheStore() {
    return store.hasDecayingChunks() && !home.hasTimerBesides(arena);
  }

  /** Whatever is scheduled will find nothing to do. The arena's owner, or who closes it for it. */
  void end() {
    ended = true;
    runs = false;
  }
}
