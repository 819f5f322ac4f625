package io.github.litealloc.netty;

import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/**
 * Has loops release all but one of very many small buffers, and prints how much heap stays in use
 * after the loops' timers have come by.
 */
final class HeapAfterBurstProbe {

  static final int BUFFERS = 500_000;

  private static final int BYTES = 64;
  private static final long DECAY_MILLIS = 1_000;

  /** What may be kept, in KiB. */
  static final int LIMIT_KIB = 4 * 1024;

  /** How long to wait for that: many times the decay time, for a machine that does much else. */
  private static final int MAX_LOOKS = 60;

  private static final int SURVIVOR = BUFFERS - 100;

  /** Made once, so that it is in no difference. */
  private static final ByteBuf[] LIVE = new ByteBuf[BUFFERS];

  private HeapAfterBurstProbe() {}

  /** What the loop does while time passes. */
  enum Meanwhile {
    SILENT,
    BUSY,
    CHANGES_STRATEGY
  }

  public static void main(String[] args) throws Exception {
    keptKib(
        "hybrid", Meanwhile.SILENT, 0); // so that what is loaded for the first time does not count
    Thread.sleep(3_000); // Netty's own thread holds on to what has ended for a second
    long before = usedHeap();
    for (Meanwhile meanwhile : Meanwhile.values()) {
      for (String strategy : TestAllocators.strategies().toList()) {
        System.out.println(
            strategy + " " + meanwhile + " keeps " + keptKib(strategy, meanwhile, before) + " KiB");
      }
    }
  }

  private static long keptKib(String strategy, Meanwhile meanwhile, long before) throws Exception {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .strategy(strategy)
            .budget(MemoryBudget.unlimited("probe"))
            .decayMillis(DECAY_MILLIS)
            .build();
    EventLoop loop = new DefaultEventLoop();
    loop.submit(
            () -> {
              for (int i = 0; i < BUFFERS; i++) {
                LIVE[i] = allocator.directBuffer(BYTES).writeByte(i);
              }
            })
        .sync();
    ScheduledFuture<?> traffic = null;
    if (meanwhile == Meanwhile.CHANGES_STRATEGY) {
      allocator.strategy(strategy.equals("hybrid") ? "free-list" : "hybrid");
    } else if (meanwhile == Meanwhile.BUSY) {
      traffic = loop.scheduleAtFixedRate(() -> trickle(allocator), 0, 10, TimeUnit.MILLISECONDS);
    }
    loop.submit(
            () -> {
              // Not the last one, whose number is the highest, and not the first.
              for (int i = 0; i < BUFFERS; i++) {
                if (i != SURVIVOR) {
                  LIVE[i].release();
                  LIVE[i] = null;
                }
              }
            })
        .sync();
    long kept = Long.MAX_VALUE;
    int looks = before == 0 ? 1 : MAX_LOOKS;
    for (int look = 0; look < looks && kept > LIMIT_KIB; look++) {
      Thread.sleep(DECAY_MILLIS / 2);
      kept = usedHeap() - before >> 10;
    }
    if (traffic != null) {
      traffic.cancel(false);
    }
    if (LIVE[SURVIVOR].getByte(0) != (byte) SURVIVOR) {
      throw new AssertionError("the survivor is damaged");
    }
    loop.submit(() -> LIVE[SURVIVOR].release()).sync();
    allocator.close();
    loop.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
    return kept;
  }

  private static void trickle(LiteByteBufAllocator allocator) {
    for (int bytes = 16; bytes <= 16_384; bytes *= 2) {
      allocator.directBuffer(bytes).release();
    }
  }

  /** After a full collection by a collector that leaves nothing for later. */
  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
