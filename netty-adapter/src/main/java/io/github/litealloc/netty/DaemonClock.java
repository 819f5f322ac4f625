package io.github.litealloc.netty;

import io.github.litealloc.internal.Later;
import io.github.litealloc.internal.StackRoom;
import io.github.litealloc.netty.internal.Tasks;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * A clock for arenas that no event loop looks after: the JDK's own timer, and its common pool,
 * whose threads keep no program from ending. It runs only while there is something to give back, or
 * an arena whose end waits for the thread that is in it. Any thread.
 */
final class DaemonClock {
  /*
   * The heap may end in one of the JDK's threads, and a tick be lost there. So one that is long overdue
   * does not keep others from being asked for.
   */

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

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
    this.what = what;
    this.tick = tick;
    this.intervalNanos = TimeUnit.MILLISECONDS.toNanos(intervalMillis);
  }

  /** Has it tick after an interval, unless it does anyway. */
  void start() {
    long now = System.nanoTime();
    if (runs.get() && now - startedNanos > intervalNanos + PATIENCE_NANOS) {
      runs.set(false);
    }
    if (!runs.get()) {
      startedNanos = now; // first: or another thread could find it overdue at once
      if (runs.compareAndSet(false, true)) {
        schedule();
      }
    }
  }

  private void schedule() {
    boolean isScheduled = false;
    try {
      isScheduled = Later.run(intervalNanos, this::run);
    } finally {
      if (!isScheduled) {
        runs.set(false); // whoever has something to give back next tries again
      }
    }
  }

  private void run() {
    runs.set(false); // first: who has something to give back from now on may have to start it
    if (!isTicking.compareAndSet(false, true)) {
      start(); // the one that is under way may have passed by what this one is to see to
      return;
    }
    boolean goesOn = true; // also if it fails, for what is left
    try {
      goesOn = tick.getAsBoolean();
    } catch (Throwable e) {
      Tasks.warn(what, e);
    } finally {
      isTicking.set(false); // here: what comes before may have found no heap
    }
    if (goesOn) {
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
