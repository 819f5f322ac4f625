package io.github.litealloc.metrics;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs one task soon after somebody asked for it, on a daemon thread that exists only meanwhile.
 * Requests that come before the task has begun are one request.
 *
 * <p>So an event loop that makes its arena does not wait for meters to be registered.
 */
final class ChangeThread implements AutoCloseable {

  private static final long LINGER_MILLIS = 1_000;

  private final Runnable task;
  private final AtomicBoolean requested = new AtomicBoolean();
  private final ThreadPoolExecutor executor;

  ChangeThread(String name, Runnable task) {
    this.task = task;
    executor =
        new ThreadPoolExecutor(
            1,
            1,
            LINGER_MILLIS,
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            runnable -> {
              Thread thread = new Thread(null, runnable, name, 0, false);
              thread.setDaemon(true);
              // The thread is made by whoever asks first: keep nothing of theirs.
              thread.setContextClassLoader(null);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
  }

  /** Asks for the task. Any thread; returns at once. */
  void request() {
    if (requested.compareAndSet(false, true)) {
      try {
        executor.execute(this::run);
      } catch (RejectedExecutionException closed) {
        // Nobody is interested any more.
        return;
      }
    }
  }

  private void run() {
    // Before the task: a change that it misses brings it here again.
    requested.set(false);
    task.run();
  }

  /** Ends the thread. A task that runs is completed. */
  @Override
  public void close() {
    executor.shutdown();
  }
}
