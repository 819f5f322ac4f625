package io.github.litealloc.netty;

import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.internal.Failures;
import io.github.litealloc.memory.ChunkStore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The end of an arena: from its close until the last of its buffers has come back. Used by one
 * thread at a time: the one that closes the arena, then whoever frees something in it under its
 * lock.
 */
final class ArenaEnd {

  private final BooleanSupplier close;
  private final ArenaOwner owner;
  private final ArenaStatistics statistics;
  private final ChunkStore store;
  private final Runnable whenDrained;
  private final @Nullable Runnable lookLater;

  /** Whether close is at work, which will look at what is left itself. */
  private boolean closing;

  private long reservedAtLastLook;

  private volatile boolean isFinished; // written under the monitor
  private boolean isAtWork; // guarded by this

  /**
   * @param close closes the arena, in place of its owner if need be; answers whether it could
   * @param owner the arena's, whose promises end with it
   * @param statistics the arena's
   * @param store where its chunks go
   * @param whenDrained runs when no buffer is live any more, perhaps more than once
   * @param lookLater has {@link #finish} called soon, for buffers that come back under a lock;
   *     {@code null} if they do not
   */
  ArenaEnd(
      BooleanSupplier close,
      ArenaOwner owner,
      ArenaStatistics statistics,
      ChunkStore store,
      Runnable whenDrained,
      @Nullable Runnable lookLater) {
    this.close = close;
    this.owner = owner;
    this.statistics = statistics;
    this.store = store;
    this.whenDrained = whenDrained;
    this.lookLater = lookLater;
  }

  /** Whether {@link #finish} has nothing more to do. Any thread. */
  boolean isFinished() {
    return isFinished;
  }

  /**
   * Closes the arena, which takes in what other threads have released, unless that was done or
   * another thread is at it; looks whether anything is left. To be called again if the stack or the
   * heap was too small for it.
   */
  void finish() {
    boolean wasFinished;
    synchronized (this) {
      if (isAtWork) {
        return;
      }
      wasFinished = isFinished;
      isAtWork = !wasFinished;
    }
    if (wasFinished) {
      look();
      return;
    }
    boolean isDone = false;
    Throwable report = null;
    try {
      isDone = closeAndLook();
    } catch (VirtualMachineError e) {
      report = e;
    } catch (Throwable e) {
      isDone = true;
      report = e;
    }
    synchronized (this) {
      isFinished = isDone;
      isAtWork = false;
    }
    Failures.throwIfAny(report);
  }

  private boolean closeAndLook() {
    closing = true;
    try {
      return close.getAsBoolean();
    } finally {
      closing = false;
      try {
        look();
      } finally {
        owner.breakPromises();
      }
    }
  }

  /** A buffer has come back. */
  void bufferFreed() {
    if (lookLater != null) {
      lookLater.run();
    } else if (!closing) {
      look();
    }
  }

  private void look() {
    long reserved = statistics.reservedBytes();
    if (reserved != reservedAtLastLook) {
      reservedAtLastLook = reserved;
      store.trimUnneeded(); // no loop need be awake to do it in time
    }
    tellIfDrained();
  }

  /** A live buffer has moved away, and left its block. Any thread, and any number at a time. */
  void blockLeft() {
    store.trimUnneeded();
    tellIfDrained();
  }

  private void tellIfDrained() {
    if (statistics.liveBlocks() == 0) {
      whenDrained.run();
    }
  }
}
