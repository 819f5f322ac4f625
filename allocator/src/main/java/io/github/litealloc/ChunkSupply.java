package io.github.litealloc;

import io.github.litealloc.memory.Chunk;
import io.github.litealloc.memory.ChunkAccount;
import io.github.litealloc.memory.ChunkStore;
import org.jspecify.annotations.Nullable;

/**
 * Where an arena's chunks come from and go to, which runs code of others: memory sources, listeners
 * to growth and to pressure, loggers. Owner thread only.
 */
final class ChunkSupply {
  /*
   * A chunk changes hands in the middle of what a strategy does, and whoever is called then may call
   * back: a logger that writes to a channel allocates a buffer. So the arena is busy meanwhile, and is
   * kept from asking its strategy without looking whether it is; which costs the hot path nothing, for
   * what it looks at says "not this way" already. Marks are taken back by plain stores, not by calls, for
   * which the stack may have no room: an arena must not stay busy for ever.
   */

  private final ChunkAccount account;
  private final GrowthListener growthListener;

  /** Where the arena leaves it to its users, who hold a lock now; usually none. */
  private @Nullable Errands errands;

  private @Nullable Throwable harmless;

  /** How long it took to get the chunk that was taken last. */
  long takenNanos;

  /** What the arena looks at. */
  private Wilderness wilderness;

  /**
   * Whether code of others is at work in the middle of an operation. What it asks of the arena is
   * refused, or put off. Whoever else runs such code sets it, too.
   */
  boolean isBusy;

  ChunkSupply(ChunkAccount account, Runnable growthListener, Wilderness wilderness) {
    this.account = account;
    this.growthListener = new GrowthListener(growthListener);
    this.wilderness = wilderness;
  }

  /** Has everything done without the lock that must not be done under it. Of a new arena. */
  void defer(Errands to) {
    to.of(account);
    errands = to;
  }

  /** Says where other threads leave what they release. */
  void inbox(RemoteFreeInbox inbox) {
    if (errands != null) {
      errands.of(inbox);
    }
  }

  void setWilderness(Wilderness wilderness) {
    this.wilderness = wilderness;
  }

  /** Refuses whoever calls in the middle of an operation. */
  void requireIdle() {
    if (isBusy) {
      throw new IllegalStateException(
          "the arena is in the middle of an operation, and what that has called (a strategy, a"
              + " memory source, a listener, a logger) has called it in turn (expected: nothing but"
              + " frees, until the operation is over)");
    }
  }

  /** As {@link ChunkAccount#take}, with a second try for less. */
  @Nullable Chunk take(int minBytes, int bytes) {
    harmless = null;
    if (errands != null) {
      takenNanos = errands.fetchNanos();
      return errands.take(minBytes, bytes);
    }
    Wilderness wild = wilderness;
    int limit = wild.strategyLimit;
    boolean wasBusy = isBusy;
    try {
      isBusy = true;
      wild.strategyLimit = Integer.MIN_VALUE;
      long begunNanos = System.nanoTime();
      Chunk chunk = take(account, minBytes, bytes);
      takenNanos = System.nanoTime() - begunNanos;
      return chunk;
    } catch (Throwable e) {
      harmless(e);
      throw e;
    } finally {
      isBusy = wasBusy;
      wild.strategyLimit = limit;
    }
  }

  static @Nullable Chunk take(ChunkAccount account, int minBytes, int bytes) {
    Chunk chunk = account.take(minBytes, bytes);
    if (chunk == null && bytes > roundUpToUnit(minBytes)) {
      // A budget with no room for a usual chunk may still have room for a small one.
      chunk = account.take(minBytes, roundUpToUnit(minBytes));
    }
    return chunk;
  }

  /** Whether the arena's user is to fetch a chunk, and come again. */
  boolean isAwaited() {
    return errands != null && errands.isAwaited();
  }

  /** Has somebody told of something, who is not to be told under a lock. */
  void tell(Runnable event) {
    if (errands != null) {
      errands.tell(event);
    } else {
      event.run();
    }
  }

  /** As {@link ChunkAccount#askOthers}. */
  void askOthers() {
    if (errands != null) {
      errands.askOthers();
    } else {
      account.askOthers();
    }
  }

  /**
   * As {@link ChunkAccount#forgetRefusal}; where there are errands, it is who fetches that asks.
   */
  void forgetRefusal() {
    if (errands == null) {
      account.forgetRefusal();
    }
  }

  /** As {@link ChunkAccount#tick}. */
  boolean tick(long nowNanos, long silentNanos, boolean hasReason) {
    return errands != null
        ? errands.tick(nowNanos, silentNanos, hasReason)
        : account.tick(nowNanos, silentNanos, hasReason);
  }

  static int roundUpToUnit(int bytes) {
    long rounded =
        ((long) bytes + ChunkStore.CHUNK_UNIT_BYTES - 1) & -(long) ChunkStore.CHUNK_UNIT_BYTES;
    return (int)
        Math.min(rounded, Integer.MAX_VALUE); // 2 GiB is one byte more than a buffer can have
  }

  /** A chunk that was taken is held by now. */
  void tellOfGrowth() {
    if (errands != null) {
      return; // whoever has fetched the chunk knows
    }
    Wilderness wild = wilderness;
    int limit = wild.strategyLimit;
    boolean wasBusy = isBusy;
    try {
      isBusy = true;
      wild.strategyLimit = Integer.MIN_VALUE;
      growthListener.run();
    } finally {
      isBusy = wasBusy;
      wild.strategyLimit = limit;
    }
  }

  /** As {@link ChunkAccount#giveBack}. */
  void giveBack(Chunk chunk) {
    if (errands != null) {
      errands.leave(chunk);
      return;
    }
    Wilderness wild = wilderness;
    int limit = wild.strategyLimit;
    boolean wasBusy = isBusy;
    try {
      isBusy = true;
      wild.strategyLimit = Integer.MIN_VALUE;
      account.giveBack(chunk);
    } finally {
      isBusy = wasBusy;
      wild.strategyLimit = limit;
    }
  }

  /** As {@link ChunkAccount#handBack}; later, and whatever comes of it, where there are errands. */
  boolean handBack(Chunk chunk, int offset, int bytes) {
    if (errands != null) {
      errands.leavePages(chunk, offset, bytes);
      return true;
    }
    Wilderness wild = wilderness;
    int limit = wild.strategyLimit;
    boolean wasBusy = isBusy;
    try {
      isBusy = true;
      wild.strategyLimit = Integer.MIN_VALUE;
      return account.handBack(chunk, offset, bytes);
    } finally {
      isBusy = wasBusy;
      wild.strategyLimit = limit;
    }
  }

  /**
   * Notes what is about to be thrown where no operation is half done: because none has begun, or
   * because it is complete. It may be anything, for it may come from code of others.
   */
  void harmless(Throwable failure) {
    harmless = failure;
  }

  /** Whether a failure is one that leaves everything in order. */
  boolean isHarmless(Throwable failure) {
    boolean isNoted = harmless == failure;
    harmless = null; // once: the JVM may throw the same object again
    return isNoted;
  }
}
