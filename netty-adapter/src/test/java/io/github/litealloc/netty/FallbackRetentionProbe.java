package io.github.litealloc.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Loops that ask for eleven times their budget, release all of it and fall silent; and what is left
 * of that then, as the system and Netty see it, over the level after a first small excess. The
 * arenas keep their budget, so that nothing of it going back hides what stays.
 *
 * <p>Argument: the largest size of a buffer, in bytes; all sizes up to it come.
 */
final class FallbackRetentionProbe {

  static final int BUDGET_MIB = 8;
  static final int BEYOND_MIB = 80;

  /** What may be left. */
  static final int SLACK_MIB = 8;

  /** What was outside of the budget when all was live. */
  static final String BEYOND = "beyond %d MiB%n";

  /** What Netty's default allocator has now, which served nobody but as a fallback. */
  static final String DEFAULT = "default %d KiB%n";

  private static final int LOOPS = 4;
  private static final int MIB = 1 << 20;
  private static final long SILENCE_MILLIS = 4_500;
  private static final int PATIENCE_SECONDS = 30;

  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder().maxBytes(BUDGET_MIB * MIB).decayMillis(-1).build();
  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(LOOPS, LocalIoHandler.newFactory());
  private final int largestBytes;

  private FallbackRetentionProbe(int largestBytes) {
    this.largestBytes = largestBytes;
  }

  public static void main(String[] args) throws Exception {
    new FallbackRetentionProbe(Integer.parseInt(args[0])).run();
  }

  private void run() throws Exception {
    demand(BUDGET_MIB + 2);
    long before = ResidentSetProbe.residentKiB();
    print(BEYOND, demand(BUDGET_MIB + BEYOND_MIB) / MIB);
    print(ResidentSetProbe.GROWN, grownKiB(before) >> 10);
    print(ResidentSetProbe.RESERVED, allocator.metric().budget().reservedBytes() / MIB);
    print(ResidentSetProbe.LIVE, allocator.metric().elsewhereBytes() >> 10);
    long ofDefault =
        ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
    print(DEFAULT, ofDefault >> 10);
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).get();
  }

  /** Answers how many bytes were elsewhere when all was live. */
  private long demand(int mib) throws Exception {
    List<Future<List<ByteBuf>>> fills = new ArrayList<>();
    for (EventExecutor loop : loops) {
      fills.add(loop.submit(() -> fill((long) mib * MIB / LOOPS)));
    }
    List<List<ByteBuf>> live = new ArrayList<>();
    for (Future<List<ByteBuf>> fill : fills) {
      live.add(fill.get());
    }
    long elsewhere = allocator.metric().elsewhereBytes();
    int i = 0;
    for (EventExecutor loop : loops) {
      List<ByteBuf> buffers = live.get(i++);
      loop.submit(() -> buffers.forEach(ByteBuf::release)).get();
    }
    Thread.sleep(SILENCE_MILLIS);
    return elsewhere;
  }

  private List<ByteBuf> fill(long bytes) {
    Random sizes = new Random(1);
    List<ByteBuf> buffers = new ArrayList<>();
    for (long left = bytes; left > 0; ) {
      int size = 1 + sizes.nextInt(largestBytes);
      buffers.add(allocator.directBuffer(size).writeZero(size));
      left -= size;
    }
    return buffers;
  }

  /** The clock of the C library's trims is late where the machine is busy. */
  private static long grownKiB(long before) throws Exception {
    long grown = ResidentSetProbe.residentKiB() - before;
    for (int i = 0; i < PATIENCE_SECONDS && grown >> 10 > SLACK_MIB; i++) {
      Thread.sleep(1_000);
      grown = ResidentSetProbe.residentKiB() - before;
    }
    return grown;
  }

  private static void print(String line, long value) {
    System.out.printf(Locale.ROOT, line, value);
  }
}
