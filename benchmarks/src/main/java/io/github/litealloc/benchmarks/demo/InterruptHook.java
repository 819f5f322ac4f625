package io.github.litealloc.benchmarks.demo;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C, and a plain {@code kill}, into an orderly end: the work is told to stop, has its
 * time to finish, and its exit code becomes the JVM's.
 */
final class InterruptHook implements AutoCloseable {

  private static final int FINISH_TIMEOUT_SECONDS = 60;
  private static final int FAILED = 1;

  private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
  private final Thread hook;

  InterruptHook(Runnable stop) {
    this.hook =
        new Thread(
            () -> {
              stop.run();
              int code =
                  exitCode
                      .completeOnTimeout(FAILED, FINISH_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                      .join();
              // Not exit(): that is what is going on, and it would keep the signal's own code.
              Runtime.getRuntime().halt(code);
            },
            "demo-interrupt");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Says that the work is done and everything is printed. */
  void finished(int code) {
    exitCode.complete(code);
  }

  /** Ends the watch; work that did not say how it finished has failed. */
  @Override
  public void close() {
    exitCode.complete(FAILED);
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending: the hook is running, and ends it.
    }
  }
}
