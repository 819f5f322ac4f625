package io.github.litealloc.netty;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The lock of an arena that several threads use, one at a time and for a few steps each. Who finds
 * it taken goes elsewhere if it can, and waits if it cannot. Any thread.
 */
final class ArenaLock {
  /*
   * One word, and not a lock of the JDK's: those take several steps to be taken and left, between which
   * the stack may end, and are damaged then. This one is taken by one atomic instruction, so that it is
   * taken or not; and left by one store. The JDK's queue of waiting threads is not missed: the lock is
   * held for some tens of nanoseconds, and who cannot go elsewhere sleeps for a moment if its holder was
   * stopped in between.
   *
   * Not a monitor, since a virtual thread that waits for one occupies its carrier before Java 24.
   *
   * unlock stores with release only: a volatile store has the processor wait for all its stores, which
   * costs as much as taking the lock. What that gives away is said in SharedArena. unlock is a call, for
   * which the stack may have no room; so who has failed under the lock does without one:
   *
   *   if (lock.holder == caller) lock.holder = ArenaLock.FREE;
   */

  static final long FREE = 0;

  private static final VarHandle HOLDER;

  static {
    try {
      HOLDER = MethodHandles.lookup().findVarHandle(ArenaLock.class, "holder", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int SPINS = 64;
  private static final int YIELDS = 16;
  private static final long SLEEP_NANOS = 20_000;

  /** For how long to wait for a holder: it is at work for a moment, or in a strategy for ever. */
  static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final LockWaits waits;

  ArenaLock(LockWaits waits) {
    this.waits = waits;
  }

  /** Who holds it, {@link #FREE} if nobody. Its holder stores that, and nobody else anything. */
  volatile long holder;

  /**
   * The calling thread, as a holder. Not its object: to store a reference costs more, and keeps a
   * thread that has ended.
   */
  static long caller() {
    long id = Thread.currentThread().getId();
    return id == FREE ? -1 : id; // a subclass may answer anything
  }

  /** Takes the lock if it is free; else nothing has changed. */
  boolean tryLock(long caller) {
    return holder == FREE && HOLDER.compareAndSet(this, FREE, caller);
  }

  /**
   * Takes the lock, and waits for it if need be, but not for ever.
   *
   * @return {@code false} if the caller holds it: it is in the middle of something; or if whoever
   *     holds it does not come to an end
   */
  boolean lock(long caller) {
    return tryLock(caller) || lockByWaiting(caller);
  }

  private boolean lockByWaiting(long caller) {
    long begunNanos = System.nanoTime();
    if (holder == caller) {
      return false;
    }
    boolean isTaken = tryLock(caller);
    for (int attempt = 0; !isTaken; attempt++) {
      if (System.nanoTime() - begunNanos > PATIENCE_NANOS) {
        break;
      }
      pause(attempt);
      isTaken = tryLock(caller);
    }
    try {
      waits.waited(System.nanoTime() - begunNanos);
    } catch (VirtualMachineError e) {
      // Not counted; but the caller must hear that it has the lock.
    }
    return isTaken;
  }

  /** Lets it go. Its holder only. */
  void unlock() {
    HOLDER.setRelease(this, FREE);
  }

  /** Waits for a moment, the longer the more often it was done. */
  @SuppressWarnings("ThreadPriorityCheck") // a courtesy; nothing relies on it
  static void pause(int attempt) {
    if (attempt < SPINS) {
      Thread.onSpinWait();
    } else if (attempt < SPINS + YIELDS) {
      Thread.yield();
    } else {
      LockSupport.parkNanos(SLEEP_NANOS);
    }
  }
}
