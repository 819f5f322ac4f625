package io.github.litealloc.netty;

import io.github.litealloc.internal.Later;
import io.github.litealloc.internal.StackRoom;
import io.github.litealloc.netty.internal.Tasks;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A clock for arenas that no event loop looks after: the JDK's own timer, and its common pool,
 * whose threads keep no program from ending. It runs only while there is something to give back, or
 * an arena whose end waits for the thread that is in it. Any thread.
 */
final class DaemonClock {
  /*
   * The heap may end in one of the JDK's threads, and a tick be lost there. So one that is long overdue
   * does not keep others from being asked for; and where nobody need ever come by to ask, as with an
   * allocator that is closed, whoever looks after another one does. A tick that finds no heap for the
   * next one tries for a while: its thread is there for that.
   */

  /** Where time comes from, and who has a tick run. */
  interface Timer {
    long nanoTime();

    /** {@return {@code false} if that cannot be had} */
    boolean run(long delayNanos, Runnable task);
  }

  private static final Timer OF_JDK =
      new Timer() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public boolean run(long delayNanos, Runnable task) {
          return Later.run(delayNanos, task);
        }
      };

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int TRIES = 50;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** Those of the process that want a tick. */
  private static final Set<DaemonClock> WAITING = ConcurrentHashMap.newKeySet();

  private final Timer timer;
  private final String what;
  private final BooleanSupplier tick;
  private final long intervalNanos;

  /** Whether a tick will come. */
  private final AtomicBoolean runs = new AtomicBoolean();

  private volatile long startedNanos;

  /** Whether a thread is at it: there is one tick at a time. */
  private final AtomicBoolean isTicking = new AtomicBoolean();

  /**
   * @param what what it does, for the log
   * @param tick returns whether it shall be called again
   * @param intervalMillis after how long
   */
  DaemonClock(String what, BooleanSupplier tick, long intervalMillis) {
    this(OF_JDK, what, tick, intervalMillis);
  }

  DaemonClock(Timer timer, String what, BooleanSupplier tick, long intervalMillis) {
    this.timer = timer;
    this.what = what;
    this.tick = tick;
    this.intervalNanos = TimeUnit.MILLISECONDS.toNanos(intervalMillis);
  }

  /** Has it tick after an interval, unless it does anyway, or that cannot be had. */
  void start() {
    if (isOverdue()) {
      runs.set(false);
    }
    if (!runs.get()) {
      startedNanos = timer.nanoTime(); // first: or another thread could find it overdue at once
      if (runs.compareAndSet(false, true)) {
        schedule();
      }
    }
  }

  private boolean isOverdue() {
    return runs.get() && timer.nanoTime() - startedNanos > intervalNanos + PATIENCE_NANOS;
  }

  /** Has those tick whose tick was lost, or could not be had; lets out no end of the heap. */
  static void startOverdue() {
    try {
      WAITING.forEach(DaemonClock::start);
    } catch (VirtualMachineError e) {
      // When somebody looks next.
    }
  }

  private void schedule() {
    boolean isScheduled = false;
    try {
      StackRoom.require(); // the set must not be left half-way
      WAITING.add(this);
      isScheduled = timer.run(intervalNanos, this::run);
    } catch (VirtualMachineError e) {
      // Not scheduled.
    } finally {
      if (!isScheduled) {
        runs.set(false); // whoever has something to give back next tries again
      }
    }
  }

  private void run() {
    WAITING.remove(this);
    runs.set(false); // now: who has something to give back from here on may have to start it
    if (!isTicking.compareAndSet(false, true)) {
      startAgain(); // the one that is under way may have passed by what this one is to see to
      return;
    }
    boolean goesOn = true; // also if it fails, for what is left
    try {
      goesOn = tick.getAsBoolean();
      startOverdue();
    } catch (Throwable e) {
      Tasks.warn(what, e);
    } finally {
      isTicking.set(false); // here: what comes before may have found no heap
    }
    if (goesOn) {
      startAgain();
    }
  }

  /** In a tick: nobody else need ever come by, and there may be no heap at the moment. */
  private void startAgain() {
    start();
    for (int tries = 1; !runs.get() && tries < TRIES; tries++) {
      LockSupport.parkNanos(PAUSE_NANOS);
      start();
    }
  }

  /** Has something done soon, on another thread. */
  void soon(Runnable task) {
    StackRoom.require(); // the pool is everybody's
    CompletableFuture.runAsync(() -> Tasks.run(what, task));
  }

  /** Whether a tick will come. */
  boolean runs() {
    return runs.get();
  }
}
