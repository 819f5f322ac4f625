package io.github.litealloc.netty;

import io.github.litealloc.Arena;
import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.Blocks;
import io.netty.util.concurrent.EventExecutor;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's share of an allocator: its arena, and the buffer objects that it reuses. Owner
 * thread only, except where a method says otherwise.
 */
final class BufferArena {
  /*
   * Buffer objects are reused through their numbers: the pool is a stack of ints into a table that
   * changes only when it grows. A stack of references would store an old object into an old array
   * with every release, and each such store is a card mark for the garbage collector.
   *
   * The table must not keep a buffer that the leak detector tracks alive, or its leak would never
   * show. Such a buffer leaves the table while it is out.
   */

  private static final int INITIAL_POOL = 16;
  private static final long TRIM_INTERVAL_MILLIS = 1_000;
  private static final long FLOOR_BYTES = 64 * 1024;

  private final LiteByteBufAllocator allocator;
  private final Arena arena;
  private final ArenaStatistics statistics;
  private final @Nullable EventExecutor eventLoop;

  /**
   * The owner while it may use the arena directly; nobody from closing on. Written by the owner.
   */
  private @Nullable Thread user;

  private @Nullable LiteByteBuf[] buffers = new @Nullable LiteByteBuf[INITIAL_POOL];
  private int[] idle = new int[INITIAL_POOL];
  private int idleCount;
  private int created;

  /** Whether the timer runs, which drains remote frees too. Written by the owner. */
  private volatile boolean trimScheduled;

  private long allocationsAtLastTrim;
  private long remoteFreesAtLastTrim;

  /** Whether close is at work, which will look at what is left itself. */
  private boolean closing;

  /** Makes the arena of the calling thread. */
  BufferArena(
      LiteByteBufAllocator allocator, Arena.Builder builder, @Nullable EventExecutor eventLoop) {
    this.allocator = allocator;
    this.eventLoop = eventLoop;
    this.arena = builder.onGrowth(this::grown).build();
    this.statistics = arena.statistics();
    this.user = arena.owner();
  }

  LiteByteBufAllocator allocator() {
    return allocator;
  }

  /** Any thread. */
  ArenaStatistics statistics() {
    return statistics;
  }

  /** Any thread. */
  ArenaMetric metric() {
    return new ArenaMetric(arena.name(), arena.isClosed(), statistics);
  }

  /** Any thread. */
  boolean isUser() {
    return Thread.currentThread() == user;
  }

  /** Returns a buffer, or {@code null} if the arena is exhausted. */
  @Nullable LiteByteBuf allocate(int initialCapacity, int maxCapacity) {
    long block = arena.allocate(initialCapacity);
    if (block == Blocks.NO_BLOCK) {
      return null;
    }
    LiteByteBuf buffer = idleCount > 0 ? buffers[idle[--idleCount]] : null;
    if (buffer == null) {
      buffer = newBuffer();
    }
    buffer.reuse(arena, block, initialCapacity, maxCapacity);
    return buffer;
  }

  private LiteByteBuf newBuffer() {
    if (created == buffers.length) {
      int[] largerIdle = Arrays.copyOf(idle, created * 2);
      buffers = Arrays.copyOf(buffers, created * 2);
      idle = largerIdle;
    }
    LiteByteBuf buffer = new LiteByteBuf(this, created);
    buffers[created++] = buffer;
    return buffer;
  }

  /** Lets the garbage collector, and so the leak detector, see when a buffer is forgotten. */
  void letLeak(LiteByteBuf buffer) {
    buffers[buffer.number()] = null;
  }

  /** Takes back a buffer whose last reference was released. Any thread. */
  void release(LiteByteBuf buffer) {
    if (Thread.currentThread() == user) {
      buffer.freeOnOwner();
      return;
    }
    handedOver(arena.remoteFree(buffer));
    if (allocator.isClosed()) {
      closeIfAbandoned();
    }
  }

  private void handedOver(boolean isFirst) {
    if (isFirst && !trimScheduled) {
      scheduleDrain(); // at most one wake-up per interval: the timer finds what follows
    }
  }

  /** Frees a buffer's block; on a closed arena also on other threads, one at a time. */
  void free(long block, int bytes) {
    arena.free(block, bytes);
  }

  /** Frees a block that a live buffer has moved away from. Any thread. */
  void freeFromAnyThread(long block, int bytes) {
    if (isUser()) {
      arena.free(block, bytes);
    } else {
      handedOver(arena.remoteFree(block, bytes));
    }
  }

  /**
   * Puts a buffer object back for reuse; on a closed arena also on other threads, one at a time.
   */
  void recycle(LiteByteBuf buffer) {
    if (user == null) {
      allocator.store().trim(); // the other loops need not be awake to do it in time
      if (!closing) {
        removeIfDrained();
      }
      return;
    }
    int number = buffer.number();
    if (buffers[number] == null) {
      buffers[number] = buffer;
    }
    idle[idleCount++] = number;
  }

  long reallocate(long block, int oldBytes, int newBytes) {
    return arena.reallocate(block, oldBytes, newBytes);
  }

  int sizeOf(long block, int bytes) {
    return arena.sizeOf(block, bytes);
  }

  Arena arena() {
    return arena;
  }

  /** In the middle of an allocation: only what does not touch the arena. */
  private void grown() {
    if (eventLoop == null) {
      allocator.store().decay(System.nanoTime()); // a thread without a timer
    } else if (statistics.reserved() > FLOOR_BYTES) {
      scheduleTrim();
    }
  }

  /** Any thread. */
  private void scheduleDrain() {
    if (eventLoop != null) {
      try {
        eventLoop.execute(this::scheduleTrim);
      } catch (RejectedExecutionException e) {
        // The loop is shutting down; closing the arena will drain the inbox.
      }
    }
  }

  private void scheduleTrim() {
    if (eventLoop == null || trimScheduled || user == null) {
      return;
    }
    try {
      eventLoop.schedule(this::trimWhenIdle, TRIM_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
      trimScheduled = true;
    } catch (RejectedExecutionException e) {
      // The loop is shutting down; closing the arena will give everything back.
    }
  }

  private void trimWhenIdle() {
    trimScheduled = false;
    if (user == null) {
      return;
    }
    try {
      arena.drainRemoteFrees();
      if (statistics.allocations() == allocationsAtLastTrim) {
        trim();
      }
      allocator.store().decay(System.nanoTime());
    } finally {
      if (hasReasonToWakeUp()) {
        scheduleTrim();
      }
      allocationsAtLastTrim = statistics.allocations();
      remoteFreesAtLastTrim = statistics.remoteFrees();
    }
  }

  /** Whether there is memory to give back in time, or other threads are releasing buffers. */
  private boolean hasReasonToWakeUp() {
    return statistics.reserved() > FLOOR_BYTES
        || allocator.store().hasDecayingChunks()
        || statistics.remoteFrees() != remoteFreesAtLastTrim;
  }

  /** Gives back what is empty; returns the bytes. */
  long trim() {
    long bytes = arena.trim();
    if (idleCount == created && created > INITIAL_POOL) {
      buffers = new @Nullable LiteByteBuf[INITIAL_POOL];
      idle = new int[INITIAL_POOL];
      idleCount = 0;
      created = 0;
    }
    return bytes;
  }

  /** Hands out nothing more; memory goes back with the last buffer. The owner, at its end. */
  void close() {
    if (user == null) {
      return;
    }
    closeArena();
  }

  private void closeArena() {
    closing = true;
    user = null;
    try {
      arena.close();
    } finally {
      closing = false;
      allocator.store().trim(); // the other loops need not be awake to do it in time
      removeIfDrained();
    }
  }

  /** Closes the arena from another thread if its owner has ended. */
  void closeIfAbandoned() {
    if (!arena.owner().isAlive() && !arena.isClosed()) {
      closeArena();
    }
  }

  /** Has the owner close the arena. Any thread. */
  void requestClose() {
    if (isUser()) {
      close();
    } else if (eventLoop != null) {
      try {
        eventLoop.execute(
            () -> {
              close();
              allocator.forgetArenaOfThread();
            });
      } catch (RejectedExecutionException e) {
        closeIfAbandoned(); // or the loop is about to end, and will close it
      }
    } else {
      closeIfAbandoned();
    }
  }

  private void removeIfDrained() {
    if (statistics.liveBlocks() == 0) {
      allocator.drained(this);
    }
  }
}
