package io.github.litealloc.netty;

import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/** Virtual threads where the JDK has them: tests are compiled for Java 17. */
public final class VirtualThreads {

  private static final int FIRST_JDK = 21;

  private VirtualThreads() {}

  public static boolean exist() {
    return Runtime.version().feature() >= FIRST_JDK;
  }

  /** Makes virtual threads that are not started. */
  static Optional<ThreadFactory> factory() {
    if (!exist()) {
      return Optional.empty();
    }
    try {
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      Class<?> type = Class.forName("java.lang.Thread$Builder");
      return Optional.of((ThreadFactory) type.getMethod("factory").invoke(builder));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /** An executor with a new virtual thread for each task. */
  public static Optional<ExecutorService> executor() {
    if (!exist()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          (ExecutorService)
              Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
