package io.github.litealloc.benchmarks;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Turns Ctrl-C, and a plain {@code kill}, into an orderly end of the program: no process that it
 * started outlives it, no temporary file stays, and a command that can stop is told so, has its
 * time to print and write what there is, and its exit code becomes the program's. Any thread.
 */
public final class Interrupts {
  /*
   * Static, because a signal is for the whole process. A terminal sends Ctrl-C to the measuring JVMs
   * as well, so that a run may be seen to fail a moment before the signal is known here: hence
   * happenedJustNow().
   */

  private static final int FINISH_TIMEOUT_SECONDS = 60;
  private static final int IN_ORDER_TIMEOUT_SECONDS = 10 * 60;
  private static final int FAILED = 1;
  private static final long A_MOMENT_MILLIS = 1_000;

  private static final CompletableFuture<Integer> EXIT_CODE = new CompletableFuture<>();
  private static final CompletableFuture<Boolean> HAPPENED = new CompletableFuture<>();
  private static volatile @Nullable Runnable stop;

  private Interrupts() {}

  /** Starts to watch; once in the life of the program. */
  static void install() {
    Runtime.getRuntime().addShutdownHook(new Thread(Interrupts::onEnd, "lite-alloc-interrupt"));
  }

  /**
   * Says how the command that runs now is stopped. Without this, the program just ends.
   *
   * @param howToStop is called on a thread of its own, and waits for nothing but a process that it
   *     stops in order; the processes that are left when it comes back are ended at once
   */
  public static void stopBy(Runnable howToStop) {
    stop = howToStop;
  }

  /**
   * Says whether the command that runs now is to stop.
   *
   * @return {@code true} from the signal on
   */
  public static boolean happened() {
    return HAPPENED.isDone();
  }

  /**
   * Says whether a failure that was just seen may be the work of a signal, for which it waits a
   * moment.
   *
   * @return {@code true} if there was one
   */
  public static boolean happenedJustNow() {
    return stop != null
        && HAPPENED.copy().completeOnTimeout(false, A_MOMENT_MILLIS, TimeUnit.MILLISECONDS).join();
  }

  /**
   * Waits, in what {@link #stopBy} was given, for work that a signal must not cut off; not for
   * ever.
   *
   * @param done is zero once it is done
   */
  public static void awaitInOrder(CountDownLatch done) {
    try {
      done.await(IN_ORDER_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Says that everything is done and printed. */
  static void finished(int exitCode) {
    EXIT_CODE.complete(exitCode);
  }

  private static void onEnd() {
    Runnable toStop = stop;
    boolean signal = !EXIT_CODE.isDone();
    if (signal && toStop != null) {
      HAPPENED.complete(true);
      toStop.run();
    }
    endChildren();
    if (signal && toStop == null) {
      TemporaryFiles.deleteAll();
    }
    if (signal && toStop != null) {
      int code =
          EXIT_CODE.completeOnTimeout(FAILED, FINISH_TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
      endChildren();
      TemporaryFiles.deleteAll();
      // Not exit(): that is what is going on, and it would keep the signal's own code.
      Runtime.getRuntime().halt(code);
    }
  }

  private static void endChildren() {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
  }
}
