package io.github.litealloc.support;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Other threads, whose failures are failures of the test. */
public final class Threads {

  private static final int TIMEOUT_SECONDS = 60;

  private Threads() {}

  /** What a thread does. */
  public interface Task {
    void run() throws Exception;
  }

  /** Runs a task on a thread of its own, which has ended afterwards. */
  public static void run(Task task) throws Exception {
    call(
        () -> {
          task.run();
          return true;
        });
  }

  /** Returns what a thread of its own, which has ended afterwards, has computed. */
  public static <T> T call(Callable<T> task) throws Exception {
    Running<T> running = start("another thread", task);
    T result = running.join();
    return result;
  }

  public static <T> Running<T> start(String name, Callable<T> task) {
    FutureTask<T> future = new FutureTask<>(task);
    Thread thread = new Thread(future, name);
    thread.setDaemon(true); // a test that hangs must not keep the build from ending
    thread.start();
    return new Running<>(thread, future);
  }

  /** What each of several threads computes. */
  public interface IndexedTask<T> {
    T call(int index) throws Exception;
  }

  /** Starts threads that wait for each other, so that they really run at the same time. */
  public static <T> List<Running<T>> startTogether(String name, int count, IndexedTask<T> task) {
    AtomicInteger missing = new AtomicInteger(count);
    List<Running<T>> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int index = i;
      threads.add(
          start(
              name + ' ' + i,
              () -> {
                missing.decrementAndGet();
                while (missing.get() > 0) {
                  Thread.yield();
                }
                return task.call(index);
              }));
    }
    return threads;
  }

  /** A thread that was started. */
  public record Running<T>(Thread thread, FutureTask<T> future) {

    /** Waits for the thread to end; throws what it threw. */
    public T join() throws Exception {
      try {
        T result = future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        thread.join();
        return result;
      } catch (ExecutionException e) {
        throw new AssertionError("on " + thread.getName(), e.getCause());
      } catch (TimeoutException e) {
        throw new AssertionError(thread.getName() + " is still running", e);
      }
    }
  }
}
