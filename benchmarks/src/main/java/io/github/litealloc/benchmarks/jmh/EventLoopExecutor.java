package io.github.litealloc.benchmarks.jmh;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.MultithreadEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.internal.ThreadExecutorMap;
import java.util.concurrent.Executor;

/** Makes JMH's workers event loops, one for each worker thread. See {@link BenchmarkJvm}. */
public final class EventLoopExecutor extends MultithreadEventLoopGroup {

  /**
   * Called by JMH, by reflection.
   *
   * @param threads how many workers
   * @param prefix of their names
   */
  public EventLoopExecutor(int threads, String prefix) {
    super(threads, new DefaultThreadFactory(prefix));
  }

  @Override
  protected EventLoop newChild(Executor executor, Object... args) {
    return new DefaultEventLoop(this, executor);
  }

  /**
   * Fails unless the calling thread is an event loop, for else all the allocators would be measured
   * on their slow paths.
   */
  static void requireEventLoop() {
    Thread thread = Thread.currentThread();
    EventExecutor executor = ThreadExecutorMap.currentExecutor();
    if (!(executor instanceof EventLoop loop && loop.inEventLoop())
        || !(thread instanceof FastThreadLocalThread)) {
      throw new IllegalStateException(
          "thread: "
              + thread
              + " of "
              + executor
              + " (expected: an event loop; were the JVM options of @Fork replaced, or is this run"
              + " without a fork?)");
    }
  }
}
