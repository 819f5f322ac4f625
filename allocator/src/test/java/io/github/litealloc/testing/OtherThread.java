package io.github.litealloc.testing;

import java.util.concurrent.atomic.AtomicReference;

/** Another thread, whose failure is a failure of the test. */
final class OtherThread {

  private OtherThread() {}

  /** Runs a task on a thread of its own, which has ended afterwards. */
  static void run(Runnable task) {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread = new Thread(task, "another thread");
    thread.setDaemon(true); // a test that hangs must not keep the build from ending
    thread.setUncaughtExceptionHandler((ended, e) -> failure.set(e));
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted while another thread runs", e);
    }
    if (failure.get() != null) {
      throw new AssertionError("on " + thread.getName(), failure.get());
    }
  }
}
