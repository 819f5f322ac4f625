package io.github.litealloc.netty;

import io.github.litealloc.memory.ChunkStore;

/**
 * Has an event loop give back what its arena no longer needs. The timer runs only while there is
 * something to give back, or other threads release buffers; a loop with neither is not woken. Owner
 * thread only, except where a method says otherwise.
 */
final class TrimTimer {
  /*
   * What goes back and when is decided by Arena.tick, and so is whether to go on. Here is only how
   * a loop is made to call it.
   *
   * Giving a chunk back may take 100 us (a handshake with all threads, where the JDK frees them). So
   * the store gives back a few at a time; the rest follows in tasks between which the loop does what
   * it is there for. With these figures a gigabyte in chunks of the usual size takes less than two
   * seconds, and none of its steps two milliseconds.
   *
   * An executor may run a task on another thread, or at once, in the middle of what the owner is at.
   * Such a one is no clock; it shows here, and is not asked again.
   */

  /** Often enough for a short decay, or none; and never a burden on a loop. */
  private static final long MIN_INTERVAL_MILLIS = 100;

  private static final long MAX_INTERVAL_MILLIS = 1_000;

  /** The store halves what it keeps that often in a decay time. */
  private static final long INTERVALS_PER_DECAY = 10;

  /** How many chunks the store gives back in one go. */
  static final int CHUNKS_AT_ONCE = 16;

  private static final long REST_MILLIS = 4;

  private final BufferArena arena;
  private final ArenaOwner owner;
  private final ChunkStore store;
  private final long intervalMillis;

  /** Written by the owner. */
  private volatile boolean runs;

  private boolean ended;

  /** Whether the next step of giving back what is left is scheduled. */
  private boolean givesBackRest;

  /** Whether the executor is being asked for the next tick, and must not have it at once. */
  private boolean isScheduling;

  TrimTimer(BufferArena arena, ArenaOwner owner, ChunkStore store) {
    this.arena = arena;
    this.owner = owner;
    this.store = store;
    this.intervalMillis = intervalMillis(store.decayMillis());
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

  /**
   * The arena has taken a chunk, or its owner has freed something after the last tick. Perhaps in
   * the middle of an allocation: does not touch the arena.
   */
  void mayHaveToGiveBack() {
    boolean isAboveFloor = arena.statistics().reservedBytes() > arena.arena().floorBytes();
    if (isAboveFloor || arena.pool().hasManyIdle()) {
      start();
    }
  }

  /** The owner may be asleep, and has something to drain. Any thread. */
  void remoteFreesWait() {
    if (runs) {
      return; // at most one wake-up per interval: the timer finds what follows
    }
    // If not, the loop is shutting down; closing the arena will drain the inbox.
    owner.execute("starting an arena's timer", this::startIfOwned);
  }

  private void startIfOwned() {
    if (arena.isCallersOwn()) {
      start();
    } else if (arena.isOpen()) {
      owner.markUseless();
    }
  }

  /**
   * The owner may be asleep, or serve all requests from what it keeps, and has memory to spare that
   * another one waits for. Told at most once until it has given back. Any thread.
   */
  void memoryIsWanted() {
    // If not, the loop is shutting down; closing the arena will give everything back.
    owner.execute("giving back what another arena needs", arena::giveWay);
  }

  private void start() {
    if (runs || ended) {
      return;
    }
    isScheduling = true;
    try {
      // If not, the loop is shutting down; closing the arena will give everything back.
      runs = owner.schedule(intervalMillis, "an arena's timer", this::tick);
    } finally {
      isScheduling = false;
    }
  }

  private void tick() {
    runs = false; // first: who releases from now on may have to wake the loop
    if (!arena.isCallersOwn() || isScheduling) {
      if (arena.isOpen()) {
        owner.markUseless();
      }
      return;
    }
    boolean goesOn = true; // also if it fails, for what is left
    try {
      goesOn = arena.tick();
      scheduleRest();
    } finally {
      if (goesOn) {
        start();
      }
    }
  }

  private void scheduleRest() {
    if (givesBackRest || !store.hasRest()) {
      return;
    }
    isScheduling = true;
    try {
      givesBackRest = owner.schedule(REST_MILLIS, "giving back what is left", this::giveBackRest);
    } finally {
      isScheduling = false;
    }
  }

  /** Touches nothing of the arena: it may be closed by now. */
  private void giveBackRest() {
    if (!owner.isCaller() || isScheduling) {
      return; // the executor is no clock, which the tick finds out, too
    }
    givesBackRest = false;
    if (store.giveBackRest()) {
      scheduleRest();
    }
  }

  /** Whatever is scheduled will find nothing to do. The arena's owner, or who closes it for it. */
  void end() {
    ended = true;
    runs = false;
  }
}
