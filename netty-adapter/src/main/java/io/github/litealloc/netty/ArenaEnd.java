package io.github.litealloc.netty;

import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.internal.Failures;
import io.github.litealloc.memory.ChunkStore;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
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
  private final Runnable watch;
  private final Runnable whenDrained;
  private final @Nullable Runnable lookLater;

  /** Whether close is at work, which will look at what is left itself. */
  private boolean closing;

  private long reservedAtLastLook;

  /** Live buffers in memory that is no arena's: none but this arena knows them. */
  private final AtomicLong movedBuffers = new AtomicLong();

  private volatile boolean isFinished; // written under the monitor
  private boolean isAtWork; // guarded by this
  private boolean isAskedAgain; // guarded by this

  /**
   * @param close closes the arena, in place of its owner if need be; answers whether it could
   * @param owner the arena's, whose promises end with it
   * @param statistics the arena's
   * @param store where its chunks go
   * @param watch has {@link #finish} called every few seconds, as long as that brings anything back
   * @param whenDrained runs when no buffer is live any more, perhaps more than once
   * @param lookLater has {@link #finish} called soon, for buffers that come back under a lock;
   *     {@code null} if they do not
   */
  ArenaEnd(
      BooleanSupplier close,
      ArenaOwner owner,
      ArenaStatistics statistics,
      ChunkStore store,
      Runnable watch,
      Runnable whenDrained,
      @Nullable Runnable lookLater) {
    this.close = close;
    this.owner = owner;
    this.statistics = statistics;
    this.store = store;
    this.watch = watch;
    this.whenDrained = whenDrained;
    this.lookLater = lookLater;
  }

  /** Whether {@link #finish} has nothing more to do. Any thread. */
  boolean isFinished() {
    return isFinished;
  }

  /**
   * Closes the arena, which takes in what other threads have released, unless that was done; looks
   * whether anything is left. If another thread is at it, that one does it once more: it may have
   * given up already because of what the caller has just let go, or have looked before the caller's
   * buffer was back. To be called again if the stack or the heap was too small for it.
   */
  void finish() {
    if (liveBuffers() > 0) {
      startWatch(); // first: who frees the last of them may have no stack left to come here
    }
    boolean isDone;
    synchronized (this) {
      if (isAtWork) {
        isAskedAgain = true;
        return;
      }
      isDone = isFinished && !isLeftHalfWay();
      isAtWork = !isDone;
    }
    if (isDone) {
      look();
      return;
    }
    Throwable report = null;
    boolean goesOn;
    do {
      try {
        if (isDone) {
          look();
        } else {
          isDone = closeAndLook();
        }
      } catch (VirtualMachineError e) {
        report = e;
      } catch (Throwable e) {
        isDone = true;
        report = e;
      }
      synchronized (this) { // no call: there may be no stack for one
        goesOn = isAskedAgain && !(report instanceof VirtualMachineError);
        isAskedAgain = false;
        isFinished = isDone;
        isAtWork = goesOn;
      }
    } while (goesOn);
    if (report instanceof VirtualMachineError) {
      startWatch(); // whoever has called this may not come again
    }
    Failures.throwIfAny(report);
  }

  /** Or does not: that there is no memory for a watch must not keep the arena from its end. */
  private void startWatch() {
    try {
      watch.run();
    } catch (VirtualMachineError e) {
      // Whoever looks after owners starts it.
    }
  }

  private boolean closeAndLook() {
    closing = true;
    boolean waits = false; // for somebody who is at work in it, and may yet make a buffer
    try {
      waits = !close.getAsBoolean();
      return !waits;
    } finally {
      closing = false;
      VarHandle.fullFence(); // as in bufferFreed
      try {
        if (!waits) {
          look();
        }
      } finally {
        owner.breakPromises();
      }
    }
  }

  /** A buffer has come back. */
  void bufferFreed() {
    if (lookLater != null) {
      lookLater.run();
      return;
    }
    VarHandle.fullFence(); // of two that come here at once, one sees what the other has done
    if (!closing) {
      look();
    }
  }

  private void look() {
    long reserved = statistics.reservedBytes();
    if (reserved != reservedAtLastLook) {
      store.trimUnneeded(); // no loop need be awake to do it in time
      reservedAtLastLook = reserved; // last: what the stack is too small for is done once more
    }
    tellIfDrained();
  }

  /** A live buffer has moved away, and left its block. Any thread, and any number at a time. */
  void blockLeft() {
    store.trimUnneeded();
    tellIfDrained();
  }

  /** A buffer is about to go on in memory that is no arena's. Any thread. */
  void bufferMovesAway() {
    movedBuffers.incrementAndGet();
  }

  /** The life of such a buffer has ended, whose object is still to come back. Any thread. */
  void movedBufferEnds() {
    movedBuffers.decrementAndGet();
  }

  /** Those in its blocks, and those whose memory is no arena's. Any thread. */
  long liveBuffers() {
    return statistics.liveBlocks() + movedBuffers.get();
  }

  /** Whether there was no stack to give back what the last buffer has left. */
  private boolean isLeftHalfWay() {
    return statistics.liveBlocks() == 0 && statistics.reservedBytes() > 0;
  }

  private void tellIfDrained() {
    if (liveBuffers() == 0 && statistics.reservedBytes() == 0) {
      whenDrained.run();
    }
  }
}
