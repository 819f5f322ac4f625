package io.github.litealloc.netty.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Netty's leak detector at its most attentive, from construction to {@link #close()}. */
final class Leaks implements AutoCloseable {

  private static final StackWalker CALLERS =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  /** For the thread that puts what a collection has found into queues. */
  private static final long PATIENCE_MILLIS = 10_000;

  private static final int LOOKS = 5;

  /** The test class whose last test has left nothing behind. */
  private static @Nullable String clean;

  private final Level levelBefore = ResourceLeakDetector.getLevel();
  private final Queue<String> reports = new ConcurrentLinkedQueue<>();

  Leaks() {
    ResourceLeakDetector.setLevel(Level.PARANOID);
    if (!testClass().equals(clean)) {
      provokeReports(); // of what other tests have leaked on purpose
    }
    clean = null;
    ByteBufUtil.setLeakListener((type, records) -> reports.add(type + ": " + records));
  }

  /** Fails if a buffer was lost that nothing refers to any more. */
  void checkNone() {
    provokeReports();
    assertThat(reports).as("leaks").isEmpty();
    clean = testClass();
  }

  /** The class that has made this, or none in a program of its own. */
  private static String testClass() {
    return CALLERS.walk(
        frames ->
            frames
                .map(frame -> frame.getDeclaringClass().getSimpleName())
                .filter(name -> name.endsWith("Test"))
                .findFirst()
                .orElse("none"));
  }

  /**
   * A leak shows when the collector has found the buffer and then another one is tracked. One
   * collection is enough, as it takes time: who was found with our own lost object is in its queue
   * at about the same time.
   */
  private static void provokeReports() {
    ReferenceQueue<Object> found = new ReferenceQueue<>();
    WeakReference<Object> lost = new WeakReference<>(new Object(), found);
    System.gc();
    try {
      assertThat((Object) found.remove(PATIENCE_MILLIS)).as("what was lost").isSameAs(lost);
      for (int i = 0; i < LOOKS; i++) {
        UnpooledByteBufAllocator.DEFAULT.directBuffer(1).release();
        Thread.sleep(2); // for those that come behind ours
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while waiting for leaks", e);
    }
  }

  @Override
  public void close() {
    ByteBufUtil.setLeakListener(null);
    ResourceLeakDetector.setLevel(levelBefore);
  }
}
