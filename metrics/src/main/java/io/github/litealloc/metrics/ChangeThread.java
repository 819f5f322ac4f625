package io.github.litealloc.metrics;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs one task soon after somebody asked for it, on a daemon thread that all of them share, and
 * that exists only meanwhile. Requests that come before the task has begun are one request.
 *
 * <p>So an event loop that makes its arena does not wait for meters to be registered, nor fail when
 * that is impossible at the moment: what could not be done is {@linkplain #isOverdue() overdue},
 * and to be asked for again.
 */
final class ChangeThread implements AutoCloseable {

  private static final long LINGER_MILLIS = 1_000;

  private static final ThreadPoolExecutor THREAD = thread();

  private final Runnable task;
  private final Executor executor;
  private final AtomicBoolean requested = new AtomicBoolean();
  private volatile boolean overdue;
  private volatile boolean closed;

  ChangeThread(Runnable task) {
    this(task, THREAD);
  }

  ChangeThread(Runnable task, Executor executor) {
    this.task = task;
    this.executor = executor;
  }

  private static ThreadPoolExecutor thread() {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            1,
            1,
            LINGER_MILLIS,
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            runnable -> {
              Thread thread = new Thread(null, runnable, "lite-alloc-meters", 0, false);
              thread.setDaemon(true);
              // The thread is made by whoever asks first: keep nothing of theirs.
              thread.setContextClassLoader(null);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  /** Asks for the task. Any thread; returns at once, and throws nothing. */
  void request() {
    if (!closed && requested.compareAndSet(false, true)) {
      overdue = false; // first: the task may fail before we go on
      try {
        executor.execute(this::run);
      } catch (Throwable e) { // no thread, or no memory, at this moment
        overdue = true;
        requested.set(false);
      }
    }
  }

  /** Whether the last request could not be met, or the task has failed. */
  boolean isOverdue() {
    return overdue;
  }

  private void run() {
    // Before the task: a change that it misses brings it here again.
    requested.set(false);
    if (closed) {
      return;
    }
    try {
      task.run();
    } catch (Throwable e) { // there may be no memory to tell of it
      overdue = true;
    }
  }

  /** Lets nothing begin any more. A task that runs is completed. */
  @Override
  public void close() {
    closed = true;
  }
}
