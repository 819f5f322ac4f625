package io.github.litealloc.netty;

import io.github.litealloc.Arena;
import io.github.litealloc.Blocks;
import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultEventLoop;
import java.util.concurrent.TimeUnit;

/** A small application, for a JVM that lacks most of what JVMs have. */
final class LeastImageProbe {

  static final String DONE = "served";

  private LeastImageProbe() {}

  public static void main(String[] args) throws Exception {
    try (Arena arena = Arena.builder().build()) {
      long block = arena.allocate(1_000);
      if (block == Blocks.NO_BLOCK) {
        throw new AssertionError("no block");
      }
      arena.free(block, 1_000);
    }
    LiteByteBufAllocator allocator = new LiteByteBufAllocator();
    DefaultEventLoop loop = new DefaultEventLoop();
    loop.submit(
            () -> {
              ByteBuf buffer = allocator.directBuffer(100).writeLong(42);
              buffer.writeBytes(new byte[10_000]).release();
            })
        .get();
    for (FallbackReason reason : FallbackReason.values()) {
      if (allocator.metric().fallbacks(reason) > 0) {
        throw new AssertionError("the loop's buffers came from somebody else: " + reason);
      }
    }
    System.out.println("ceiling: " + MemoryBudget.ofProcess().maxBytes());
    System.out.println(DONE);
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).get();
  }
}
