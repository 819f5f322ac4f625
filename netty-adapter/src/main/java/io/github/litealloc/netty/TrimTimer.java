package io.github.litealloc.netty;

import io.github.litealloc.netty.internal.Tasks;
import io.netty.util.concurrent.EventExecutor;

/**
 * Has an event loop give back what its arena no longer needs. The timer runs only while there is
 * something to give back, or other threads release buffers; a loop with neither is not woken. Owner
 * thread only, except where a method says otherwise.
 */
final class TrimTimer {
  /*
   * What goes back and when is decided by Arena.tick, and so is whether to go on. Here is only how
   * a loop is made to call it.
   */

  /** Often enough for a short decay, or none; and never a burden on a loop. */
  private static final long MIN_INTERVAL_MILLIS = 100;

  private static final long MAX_INTERVAL_MILLIS = 1_000;

  /** The store halves what it keeps that often in a decay time. */
  private static final long INTERVALS_PER_DECAY = 10;

  private final BufferArena arena;
  private final EventExecutor eventLoop;
  private final long intervalMillis;

  /** Written by the owner. */
  private volatile boolean runs;

  private boolean ended;

  TrimTimer(BufferArena arena, EventExecutor eventLoop, long decayMillis) {
    this.arena = arena;
    this.eventLoop = eventLoop;
    this.intervalMillis = intervalMillis(decayMillis);
  }

  static long intervalMillis(long decayMillis) {
    if (decayMillis < 0) {
      return MAX_INTERVAL_MILLIS; // the store has nothing to decay
    }
    long tenth = decayMillis / INTERVALS_PER_DECAY;
    return Math.min(Math.max(tenth, MIN_INTERVAL_MILLIS), MAX_INTERVAL_MILLIS);
  }

  /** Any thread. */
  boolean runs() {
    return runs;
  }

  /** The arena has taken a chunk. In the middle of an allocation: does not touch the arena. */
  void arenaHasGrown() {
    if (arena.statistics().reservedBytes() > arena.arena().floorBytes()) {
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

  /**
   * The owner may be asleep, or serve all requests from what it keeps, and has memory to spare that
   * another one waits for. Told at most once until it has given back. Any thread.
   */
  void memoryIsWanted() {
    // If not, the loop is shutting down; closing the arena will give everything back.
    Tasks.execute(eventLoop, "giving back what another arena needs", arena::giveWay);
  }

  private void start() {
    if (runs || ended) {
      return;
    }
    // If not, the loop is shutting down; closing the arena will give everything back.
    runs = Tasks.schedule(eventLoop, intervalMillis, "an arena's timer", this::tick);
  }

  private void tick() {
    runs = false; // first: who releases from now on may have to wake the loop
    if (ended) {
      return;
    }
    boolean goesOn = true; // also if it fails, for what is left
    try {
      goesOn = arena.tick();
    } finally {
      if (goesOn) {
        start();
      }
    }
  }

  /** Whatever is scheduled will find nothing to do. The arena's owner, or who closes it for it. */
  void end() {
    ended = true;
    runs = false;
  }
}
