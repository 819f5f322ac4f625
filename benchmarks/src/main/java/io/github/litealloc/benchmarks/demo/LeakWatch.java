package io.github.litealloc.benchmarks.demo;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what Netty's leak detector reports. The detector reports one leak per distinct record of
 * accesses, so this is the number of distinct leaks, not of leaked buffers; zero is zero. Safe for
 * all threads.
 */
public final class LeakWatch {
  /*
   * A detector belongs to a static field of the class whose objects it watches, and is made when
   * that class loads. So the factory must be replaced before that; watchesBuffers() says whether it
   * was, for a count of zero from a watch that came too late would be worth nothing.
   */

  private static final int COLLECTIONS = 5;
  private static final long SETTLE_MILLIS = 20;

  private static final Set<Class<?>> WATCHED = ConcurrentHashMap.newKeySet();
  private static final AtomicLong REPORTS = new AtomicLong();

  private LeakWatch() {}

  /** Starts counting. Effective only before Netty's buffer classes load. */
  public static void install() {
    if (!(ResourceLeakDetectorFactory.instance() instanceof Factory)) {
      ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Factory());
    }
  }

  /**
   * Says whether leaked buffers are counted.
   *
   * @return {@code false} if {@link #install()} came too late, or never
   */
  static boolean watchesBuffers() {
    try {
      // Any buffer: the detector of all of them is made when their common superclass loads.
      UnpooledByteBufAllocator.DEFAULT.heapBuffer(1).release();
    } catch (LinkageError e) {
      return false;
    }
    return WATCHED.contains(ByteBuf.class);
  }

  /**
   * Returns how many distinct leaks were reported since the JVM started.
   *
   * @return leak reports
   */
  static long reports() {
    return REPORTS.get();
  }

  /**
   * Makes the detector report what has leaked until now, where it is not disabled. A leak shows
   * only when the garbage collector has found the buffer and another buffer is tracked after that,
   * so this provokes both, several times.
   *
   * @throws InterruptedException if the thread is interrupted
   */
  static void provokeReports() throws InterruptedException {
    ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
    if (level == ResourceLeakDetector.Level.DISABLED) {
      return;
    }
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
      // Paranoid tracks every buffer; the sampling levels would most likely skip this one.
      ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
      try {
        UnpooledByteBufAllocator.DEFAULT.directBuffer(1).release();
      } finally {
        ResourceLeakDetector.setLevel(level);
      }
    }
  }

  private static final class Factory extends ResourceLeakDetectorFactory {
    @Override
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int interval) {
      WATCHED.add(resource);
      return new CountingDetector<>(resource, interval);
    }

    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // Netty's deprecation, which has nothing to inline
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int interval, long maxActive) {
      return newResourceLeakDetector(resource, interval);
    }
  }

  private static final class CountingDetector<T> extends ResourceLeakDetector<T> {
    CountingDetector(Class<?> resource, int interval) {
      super(resource, interval);
    }

    /** Counts even where the log is silent. */
    @Override
    protected boolean needReport() {
      return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
      REPORTS.incrementAndGet();
      super.reportTracedLeak(resourceType, records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
      REPORTS.incrementAndGet();
      super.reportUntracedLeak(resourceType);
    }
  }
}
