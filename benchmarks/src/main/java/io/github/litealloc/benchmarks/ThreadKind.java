package io.github.litealloc.benchmarks;

import io.netty.channel.DefaultEventLoop;
import java.util.Locale;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** On what threads an allocator is used. */
public enum ThreadKind {
  /** Event loops of Netty's. */
  LOOP,
  /** Plain threads, which are no event loops. */
  PLATFORM,
  /** Virtual threads, from Java 21 on. */
  VIRTUAL;

  private static final int FIRST_JDK_WITH_VIRTUAL = 21;
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  /**
   * Tells whether a JDK has such threads.
   *
   * @param feature the JDK's version
   * @return {@code false} if it is too old
   */
  public boolean existsOn(int feature) {
    return this != VIRTUAL || feature >= FIRST_JDK_WITH_VIRTUAL;
  }

  /**
   * Starts a thread.
   *
   * @param task what it runs, to its end
   */
  public void start(Runnable task) {
    switch (this) {
      case LOOP -> {
        DefaultEventLoop loop = new DefaultEventLoop();
        loop.execute(
            () -> {
              task.run();
              loop.shutdownGracefully();
            });
      }
      case PLATFORM -> {
        Thread thread = new Thread(task, "benchmark-" + NUMBERS.incrementAndGet());
        thread.setDaemon(true);
        thread.start();
      }
      case VIRTUAL -> virtualThreads().newThread(task).start();
    }
  }

  /** By reflection, since this is compiled for Java 17. */
  private static ThreadFactory virtualThreads() {
    try {
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      Class<?> type = Class.forName("java.lang.Thread$Builder");
      return (ThreadFactory) type.getMethod("factory").invoke(builder);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("virtual threads (expected: Java 21 or newer)", e);
    }
  }

  /** Returns the name that users type. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
