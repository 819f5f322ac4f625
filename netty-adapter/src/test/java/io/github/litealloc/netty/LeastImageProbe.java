package io.github.litealloc.netty;

import io.github.litealloc.Arena;
import io.github.litealloc.Blocks;
import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultEventLoop;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** A small application, for a JVM that lacks most of what JVMs have. */
final class LeastImageProbe {

  static final String DONE = "served";
  static final String SAID = "said what goes back";
  static final String SAYS_NOTHING = "says-nothing";

  /** What the log says of the C library, once much was given back; or of who gives back at all. */
  private static final String WHAT_GOES_BACK =
      "the C library is not asked to let go|only the garbage collector frees";

  private static final Logger LOG = Logger.getLogger("io.github.litealloc");
  private static final int MUCH = 8 << 20;

  private LeastImageProbe() {}

  /** Waits for the log to say what goes back, unless told that it says nothing. */
  public static void main(String[] args) throws Exception {
    CountDownLatch said = new CountDownLatch(1);
    LOG.addHandler(new Listener(said));
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
    loop.submit(() -> allocator.directBuffer(MUCH).release()).get();
    allocator.trim().sync();
    if (!List.of(args).contains(SAYS_NOTHING)) {
      System.out.println(said.await(30, TimeUnit.SECONDS) ? SAID : "nothing of what goes back");
    }
    System.out.println(DONE);
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).get();
  }

  private static final class Listener extends Handler {
    private final CountDownLatch said;

    Listener(CountDownLatch said) {
      this.said = said;
    }

    @Override
    public void publish(LogRecord record) {
      if (record.getMessage().matches("(" + WHAT_GOES_BACK + ").*")) {
        said.countDown();
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
