package io.github.litealloc.benchmarks.memory;

import com.sun.management.ThreadMXBean;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * What the first buffer of a process costs: {@code java -cp lite-alloc.jar
 * io.github.litealloc.benchmarks.memory.FirstBuffer lite}, or {@code pooled}, or {@code adaptive}.
 *
 * <p>Netty itself is at work before: an event loop runs, and an unpooled buffer was there.
 */
final class FirstBuffer {

  private static final List<String> ALLOCATORS = List.of("lite", "pooled", "adaptive");
  private static final int BUFFER_BYTES = 256;
  private static final long BUDGET_BYTES = 256L << 20;

  private FirstBuffer() {}

  public static void main(String[] arguments) throws Exception {
    String name = arguments.length == 1 ? arguments[0] : "";
    if (!ALLOCATORS.contains(name)) {
      System.err.println("allocator: '" + name + "' (expected: one of " + ALLOCATORS + ")");
      System.exit(2);
    }
    EventLoop loop = new DefaultEventLoop();
    try {
      loop.submit(() -> UnpooledByteBufAllocator.DEFAULT.directBuffer(BUFFER_BYTES).release())
          .sync();
      System.out.println(name + ": " + loop.submit(() -> measure(name)).get());
    } finally {
      loop.shutdownGracefully();
    }
  }

  private static String measure(String name) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
    long heapBefore = threads.getCurrentThreadAllocatedBytes();
    long classesBefore = classes.getTotalLoadedClassCount();
    long start = System.nanoTime();
    ByteBufAllocator allocator = open(name);
    long opened = System.nanoTime();
    allocator.directBuffer(BUFFER_BYTES).release();
    long end = System.nanoTime();
    long loaded = classes.getTotalLoadedClassCount() - classesBefore;
    long heap = threads.getCurrentThreadAllocatedBytes() - heapBefore;
    return String.format(
        "%d classes loaded, %,d KiB of heap allocated meanwhile, allocator %,d ms, first buffer %,d ms",
        loaded, heap / 1024, (opened - start) / 1_000_000, (end - opened) / 1_000_000);
  }

  private static ByteBufAllocator open(String name) {
    return switch (name) {
      case "lite" -> LiteByteBufAllocator.builder().maxBytes(BUDGET_BYTES).build();
      case "pooled" -> new PooledByteBufAllocator(true);
      default -> new AdaptiveByteBufAllocator(true);
    };
  }
}
