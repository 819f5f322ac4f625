package io.github.litealloc.codectests;

import io.github.litealloc.netty.LiteAllocatorMetric;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Counts for each test class by how much the live direct buffers of Netty's default allocator have
 * grown at its end, if that is ours. What event loops release a moment later is counted as well:
 * this says where to look, and no more.
 */
public final class LeftBehind implements TestExecutionListener {

  private static final Map<String, Long> BY_CLASS = new ConcurrentHashMap<>();

  private long liveBefore;

  static Map<String, Long> byClass() {
    return BY_CLASS;
  }

  /** {@return the live direct buffers, those that others had to serve too; 0 without us} */
  static long liveBuffers() {
    if (ByteBufAllocator.DEFAULT instanceof LiteByteBufAllocator ours) {
      LiteAllocatorMetric metric = ours.metric();
      return metric.liveBuffers() + metric.elsewhereBuffers();
    }
    return 0;
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    Optional<ClassSource> source =
        test.getSource().filter(ClassSource.class::isInstance).map(ClassSource.class::cast);
    if (source.isPresent()) {
      long live = liveBuffers();
      if (live > liveBefore) {
        BY_CLASS.merge(source.get().getClassName(), live - liveBefore, Long::sum);
      }
      liveBefore = live;
    }
  }
}
