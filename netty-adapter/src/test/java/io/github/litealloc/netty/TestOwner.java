package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.ManualIoEventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.netty.util.internal.PlatformDependent;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A thread that owns an arena, and the event loop that it runs, if any. */
final class TestOwner {

  private static final long TIMEOUT_SECONDS = 60;

  /** How it may end, or only seem to. */
  enum End {
    /** The loop ends as it should, and its thread with it. */
    SHUTDOWN,
    /** The loop ends, and its thread does something else from then on. */
    TERMINATED,
    /** The thread returns; nobody has shut the loop down. */
    DEAD,
    /** The thread dies of an error. */
    ERROR,
    /** Somebody takes all of Netty's thread-locals out, and the thread goes on. */
    REMOVE_ALL,
    /** The thread goes on. */
    INTERRUPTED,
    /** The thread goes on, and looks after nothing any more: it sleeps. */
    ASLEEP
  }

  private final ThreadFactory threads;
  private final BlockingQueue<FutureTask<?>> work = new LinkedBlockingQueue<>();
  private @Nullable EventExecutor loop;
  private volatile @Nullable Thread thread;
  private volatile boolean stops;

  TestOwner() {
    this(Thread::new);
  }

  TestOwner(ThreadFactory threads) {
    this.threads = threads;
  }

  void loop(EventExecutor loop) {
    this.loop = loop;
  }

  /** Starts the thread; after a loop has ended on it, it goes on with other work. */
  void start(Runnable body) {
    Thread started =
        threads.newThread(
            () -> {
              body.run();
              serve();
            });
    started.setUncaughtExceptionHandler((ignored, alsoIgnored) -> {});
    thread = started;
    started.start();
  }

  void serve() {
    serve(() -> {});
  }

  /** Does what it is given, and something else in between. */
  void serve(Runnable meanwhile) {
    while (!stops) {
      meanwhile.run();
      try {
        FutureTask<?> task = work.poll(1, TimeUnit.MILLISECONDS);
        if (task != null) {
          task.run();
        }
      } catch (InterruptedException e) {
        continue; // a test does that
      }
    }
  }

  <T> T call(Callable<T> code) throws Exception {
    FutureTask<T> task = new FutureTask<>(code);
    if (isLoopOpen()) {
      loop.execute(task);
    } else {
      work.add(task);
    }
    return task.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }

  private boolean isLoopOpen() {
    return loop != null && !loop.isShuttingDown();
  }

  boolean isAlive() {
    return thread != null && thread.isAlive();
  }

  /** Not so if it is a virtual thread whose loop has ended: those are not adopted. */
  boolean getsArena() {
    return isLoopOpen() || !PlatformDependent.isVirtualThread(thread);
  }

  void end(End end) throws Exception {
    switch (end) {
      case SHUTDOWN -> {
        stops = !(loop instanceof ManualIoEventLoop);
        shutDown();
        stops = true;
        thread.join();
      }
      case TERMINATED -> shutDown();
      case DEAD -> {
        stops = true;
        if (loop instanceof SingleThreadEventExecutor) {
          shutDown(); // it would not return otherwise
        }
        thread.join();
      }
      case ERROR -> {
        Runnable error =
            () -> {
              stops = true;
              throw new AssertionError("thrown by a test");
            };
        if (isLoopOpen()) {
          loop.execute(error);
          if (loop instanceof DefaultEventLoop || loop instanceof ManualIoEventLoop) {
            thread.join();
          }
        } else {
          work.add(new Failing(error));
          thread.join();
        }
      }
      case REMOVE_ALL ->
          call(
              () -> {
                FastThreadLocal.removeAll();
                return null;
              });
      case INTERRUPTED -> thread.interrupt();
      case ASLEEP -> {}
    }
  }

  /** Fails its thread, and not only itself. */
  private static final class Failing extends FutureTask<Void> {
    private final Runnable task;

    Failing(Runnable task) {
      super(task, null);
      this.task = task;
    }

    @Override
    public void run() {
      task.run();
    }
  }

  private void shutDown() throws InterruptedException {
    if (loop != null) {
      loop.shutdownGracefully(0, TIMEOUT_SECONDS, TimeUnit.SECONDS);
      eventually(loop::isTerminated, () -> loop);
    }
  }

  /** Ends what is left of it. */
  void finish() throws Exception {
    if (isAlive()) {
      shutDown();
    }
    stops = true;
    thread.join();
  }
}
