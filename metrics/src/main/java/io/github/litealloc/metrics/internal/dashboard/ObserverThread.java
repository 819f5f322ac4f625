package io.github.litealloc.metrics.internal.dashboard;

import io.netty.channel.IoEventLoop;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import java.util.concurrent.TimeUnit;

/**
 * The dashboard's one thread: it runs an event loop and, once in an interval, a task. Whatever
 * either throws, it goes on: the heap of the observed process may be full for a while, and that is
 * when somebody looks.
 */
final class ObserverThread {
  /*
   * Not Netty's own thread: that one ends when an Error gets as far as its loop, and a scheduled task
   * is never run again once it has thrown. Here the thread is ours, and the clock is not a task.
   */

  private static final System.Logger LOG = System.getLogger(ObserverThread.class.getName());

  /** For memory to become free again. */
  private static final long PAUSE_MILLIS = 50;

  private static final long JOIN_MILLIS = 2_000;

  /** Up to how long tasks run before the network is looked at again. */
  private static final long TASKS_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Thread thread;
  private final ManualIoEventLoop loop;
  private final Runnable task;
  private final long intervalNanos;
  private long nextNanos = System.nanoTime();

  /**
   * Starts nothing yet.
   *
   * @param name of the thread
   * @param intervalMillis between two runs of the task
   * @param task what to run
   */
  ObserverThread(String name, long intervalMillis, Runnable task) {
    this.task = task;
    this.intervalNanos = TimeUnit.MILLISECONDS.toNanos(intervalMillis);
    thread = new Thread(null, this::run, name, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(null); // keep nothing of whoever starts us
    loop = new ManualIoEventLoop(thread, NioIoHandler.newFactory());
  }

  void start() {
    thread.start();
  }

  IoEventLoop loop() {
    return loop;
  }

  private void run() {
    while (!loop.isTerminated()) {
      try {
        runOnce();
      } catch (Throwable e) {
        pauseAfter(e);
      }
    }
  }

  private void runOnce() {
    loop.run(waitNanos(), TASKS_NANOS);
    long now = System.nanoTime();
    if (now - nextNanos >= 0 && !loop.isShuttingDown()) {
      nextNanos = now - nextNanos < intervalNanos ? nextNanos + intervalNanos : now + intervalNanos;
      task.run();
    }
  }

  /** How long the network may be waited for; less than 0, which is not at all, if we are late. */
  private long waitNanos() {
    long left = nextNanos - System.nanoTime();
    // To Netty, 0 is without end: then nothing would happen until somebody connects.
    return left > 0 ? left : -1;
  }

  private static void pauseAfter(Throwable problem) {
    try {
      LOG.log(System.Logger.Level.WARNING, "the dashboard missed a moment", problem);
    } catch (Throwable e) {
      // The log has no memory either.
    }
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (Throwable e) {
      // An interrupt of somebody who does not know us, or no stack; we go on.
    }
  }

  /** Ends the event loop and, unless called on it, waits for the thread. */
  void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    if (thread.getState() == Thread.State.NEW) {
      thread.start(); // there is a selector to be closed
    }
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      thread.join(JOIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
