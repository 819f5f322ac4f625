package io.github.litealloc.metrics;

import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultEventLoop;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** An event loop with a thread of the given name, for tests of what arenas show. */
public final class TestLoop implements AutoCloseable {

  private final DefaultEventLoop loop;

  public TestLoop(String threadName) {
    loop =
        new DefaultEventLoop(
            (ThreadFactory) runnable -> new FastThreadLocalThread(runnable, threadName));
  }

  /** Runs on the loop and waits for the result. */
  public <T> T call(Callable<T> task) throws Exception {
    return loop.submit(task).get(10, TimeUnit.SECONDS);
  }

  /** Starts a task on the loop. */
  public Future<?> submit(Runnable task) {
    return loop.submit(task);
  }

  /** Releases on the loop. */
  public void release(ByteBuf buffer) throws Exception {
    call(buffer::release);
  }

  /** Ends the loop's thread and waits for it. */
  @Override
  public void close() {
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
  }
}
