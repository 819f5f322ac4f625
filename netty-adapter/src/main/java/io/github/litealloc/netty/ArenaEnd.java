package io.github.litealloc.netty;

import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.memory.ChunkStore;

/**
 * The end of an arena: from its close until the last of its buffers has come back. Used by one
 * thread at a time: the one that closes the arena, then whoever frees something in it under its
 * lock.
 */
final class ArenaEnd {

  private final ArenaStatistics statistics;
  private final ChunkStore store;
  private final Runnable whenDrained;

  /** Whether close is at work, which will look at what is left itself. */
  private boolean closing;

  private long reservedAtLastLook;

  /**
   * @param statistics the arena's
   * @param store where its chunks go
   * @param whenDrained runs when no buffer is live any more, perhaps more than once
   */
  ArenaEnd(ArenaStatistics statistics, ChunkStore store, Runnable whenDrained) {
    this.statistics = statistics;
    this.store = store;
    this.whenDrained = whenDrained;
  }

  /** Closes the arena, which takes in what other threads have released. */
  void begin(Runnable close) {
    closing = true;
    try {
      close.run();
    } finally {
      closing = false;
      look();
    }
  }

  /** A buffer has come back. */
  void bufferFreed() {
    if (!closing) {
      look();
    }
  }

  private void look() {
    long reserved = statistics.reservedBytes();
    if (reserved != reservedAtLastLook) {
      reservedAtLastLook = reserved;
      store.trim(); // no loop need be awake to do it in time
    }
    tellIfDrained();
  }

  /** A live buffer has moved away, and left its block. Any thread, and any number at a time. */
  void blockLeft() {
    store.trim();
    tellIfDrained();
  }

  private void tellIfDrained() {
    if (statistics.liveBlocks() == 0) {
      whenDrained.run();
    }
  }
}
