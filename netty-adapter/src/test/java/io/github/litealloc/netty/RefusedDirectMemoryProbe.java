package io.github.litealloc.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultEventLoop;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A loop in a JVM whose direct memory others have taken, though our budget has room. */
final class RefusedDirectMemoryProbe {

  static final int REQUESTS = 20;

  private RefusedDirectMemoryProbe() {}

  public static void main(String[] args) throws Exception {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .maxBytes(1 << 30)
            .whenExhausted(ExhaustionPolicy.THROW)
            .build();
    DefaultEventLoop loop = new DefaultEventLoop();
    loop.submit(() -> allocator.directBuffer(100).release()).get();
    List<ByteBuffer> others = new ArrayList<>();
    try {
      while (true) {
        others.add(ByteBuffer.allocateDirect(1 << 20));
      }
    } catch (OutOfMemoryError e) {
      System.out.println("others took " + others.size() + " MiB");
    }
    long before = collections();
    String message =
        loop.submit(
                () -> {
                  String last = "served";
                  for (int i = 0; i < REQUESTS; i++) {
                    try {
                      ByteBuf buffer = allocator.directBuffer(3_000_000);
                      buffer.release();
                    } catch (OutOfMemoryError e) {
                      last = e.getMessage();
                    }
                  }
                  return last;
                })
            .get();
    System.out.println("collections: " + (collections() - before));
    System.out.println("refused: " + allocator.metric().budget().systemRefusals());
    System.out.println("pressure: " + allocator.metric().budget().pressure());
    System.out.println("message: " + message);
    if (others.isEmpty()) {
      throw new AssertionError();
    }
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).get();
  }

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }
}
