package io.github.litealloc.netty;

import io.netty.util.concurrent.AbstractEventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Executors that say they are event loops, and are not. */
abstract class OddExecutor extends AbstractEventExecutor {

  static UnsupportedOperationException unsupported() {
    return new UnsupportedOperationException("thrown by a test");
  }

  @Override
  public boolean inEventLoop(Thread thread) {
    return true;
  }

  @Override
  public boolean isShuttingDown() {
    return false;
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return false;
  }

  @Override
  @Deprecated
  public void shutdown() {
    throw unsupported();
  }

  @Override
  public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
    throw unsupported();
  }

  @Override
  public Future<?> terminationFuture() {
    throw unsupported();
  }

  static final class Mute extends OddExecutor {
    @Override
    public void execute(Runnable task) {
      // Dropped.
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      return null; // what should be more than that
    }
  }

  static final class Throwing extends OddExecutor {
    @Override
    public void execute(Runnable task) {
      throw unsupported();
    }

    @Override
    public boolean isShuttingDown() {
      throw unsupported();
    }

    @Override
    public boolean isShutdown() {
      throw unsupported();
    }

    @Override
    public boolean isTerminated() {
      throw unsupported();
    }
  }

  static final class Refusing extends OddExecutor {
    private int refusals;

    @Override
    public synchronized void execute(Runnable task) {
      refusals++;
      throw unsupported();
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      execute(task);
      throw new AssertionError("unreachable");
    }

    synchronized int refusals() {
      return refusals;
    }
  }

  static final class Inline extends OddExecutor {
    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      task.run();
      return null;
    }
  }
}
