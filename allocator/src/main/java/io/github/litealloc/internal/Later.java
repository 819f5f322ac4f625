package io.github.litealloc.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;

/**
 * Runs a task after a while on a thread of the JDK: its timer waits, its common pool works. Both
 * are daemons, so that nothing that waits here, or is at work, keeps a process from its end. Any
 * thread.
 */
public final class Later {
  /*
   * The JDK makes the thread of its timer when it is first asked to wait, and a thread inherits
   * from the one that makes it: the loader of an application, which could then never be unloaded.
   * So a thread of the common pool asks, one stage after our last frame has left its stack.
   */

  private Later() {}

  /**
   * Runs a task once.
   *
   * @param delayNanos how long to wait
   * @param task what to run; what it throws is lost
   * @return {@code false} if that cannot be had; nothing is thrown
   */
  @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for it
  public static boolean run(long delayNanos, Runnable task) {
    try {
      StackRoom.require(); // the timer is everybody's, and so is the pool
      CompletableFuture<Void> start = new CompletableFuture<>();
      Executor clock =
          hasPool()
              ? CompletableFuture.delayedExecutor(
                  delayNanos, TimeUnit.NANOSECONDS, ForkJoinPool.commonPool())
              : CompletableFuture.delayedExecutor(delayNanos, TimeUnit.NANOSECONDS);
      start.thenRunAsync(task, clock);
      if (hasPool()) {
        start.completeAsync(() -> null, ForkJoinPool.commonPool());
      } else {
        start.completeAsync(() -> null);
      }
      return true;
    } catch (Throwable e) {
      return false; // no stack, no memory, no thread: whoever needs it comes again
    }
  }

  /** Without workers the pool would keep a task for ever; the JDK makes a thread for it instead. */
  private static boolean hasPool() {
    return ForkJoinPool.getCommonPoolParallelism() > 0;
  }
}
