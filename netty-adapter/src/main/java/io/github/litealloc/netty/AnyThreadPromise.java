package io.github.litealloc.netty;

import io.netty.util.concurrent.AbstractEventExecutor;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A promise whose listeners run on the thread that completes it.
 *
 * <p>Netty's {@code ImmediateEventExecutor} makes such promises too. But it keeps an exception, and
 * with it the stack that was there when it was loaded: were that ours, an application that is
 * unloaded while Netty stays would never be collected.
 */
final class AnyThreadPromise<V> extends DefaultPromise<V> {

  private static final EventExecutor ANY_THREAD = new AnyThread();

  @Override
  protected EventExecutor executor() {
    return ANY_THREAD;
  }

  /** Any thread may complete this promise, and so any may wait for it. */
  @Override
  protected void checkDeadLock() {
    // Nothing to check.
  }

  /** Runs everything where it is; never ends. */
  private static final class AnyThread extends AbstractEventExecutor {

    @Override
    public boolean inEventLoop(Thread thread) {
      return true;
    }

    @Override
    public void execute(Runnable task) {
      task.run();
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
      throw new UnsupportedOperationException("shared by all");
    }

    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
      return terminationFuture();
    }

    @Override
    public Future<?> terminationFuture() {
      return newFailedFuture(new UnsupportedOperationException("never ends"));
    }
  }
}
