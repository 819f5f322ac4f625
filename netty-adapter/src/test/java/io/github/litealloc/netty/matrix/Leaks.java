package io.github.litealloc.netty.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Netty's leak detector at its most attentive, from construction to {@link #close()}. */
final class Leaks implements AutoCloseable {

  private static final int COLLECTIONS = 2;

  private final Level levelBefore = ResourceLeakDetector.getLevel();
  private final Queue<String> reports = new ConcurrentLinkedQueue<>();

  Leaks() {
    ResourceLeakDetector.setLevel(Level.PARANOID);
    provokeReports(); // of what other tests have leaked on purpose
    ByteBufUtil.setLeakListener((type, records) -> reports.add(type + ": " + records));
  }

  /** Fails if a buffer was lost that nothing refers to any more. */
  void checkNone() {
    provokeReports();
    assertThat(reports).as("leaks").isEmpty();
  }

  /** A leak shows when the collector has found the buffer and then another one is tracked. */
  private static void provokeReports() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      UnpooledByteBufAllocator.DEFAULT.directBuffer(1).release();
    }
  }

  @Override
  public void close() {
    ByteBufUtil.setLeakListener(null);
    ResourceLeakDetector.setLevel(levelBefore);
  }
}
