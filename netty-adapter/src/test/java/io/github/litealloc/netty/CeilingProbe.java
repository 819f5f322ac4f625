package io.github.litealloc.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultEventLoop;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Loops and other threads that ask for ten times their ceiling, live and growing, before and after
 * the allocator's end; and what the process holds meanwhile, by the kernel, the JVM and Netty.
 */
final class CeilingProbe {

  static final int CEILING_MIB = 10;
  static final int DEMAND_MIB = 100;

  private static final int MIB = 1 << 20;

  private static final int BYTES = 50_000;

  private CeilingProbe() {}

  public static void main(String[] args) throws Exception {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .maxBytes(CEILING_MIB * MIB)
            .whenExhausted(ExhaustionPolicy.valueOf(args[0]))
            .build();
    DefaultEventLoop loop = new DefaultEventLoop();
    int rounds = DEMAND_MIB * MIB / BYTES / 3;
    demand(allocator, rounds / 20).forEach(ByteBuf::release); // so that all classes are loaded
    loop.submit(() -> demand(allocator, rounds / 20).forEach(ByteBuf::release)).get();
    long before = heldBytes();
    List<ByteBuf> live = new ArrayList<>(demand(allocator, rounds));
    live.addAll(loop.submit(() -> demand(allocator, rounds)).get());
    allocator.close();
    live.addAll(demand(allocator, rounds / 2));
    live.addAll(loop.submit(() -> demand(allocator, rounds / 2)).get());
    System.out.println("grown by " + (heldBytes() - before) / MIB + " MiB");
    System.out.println("live: " + live.size() + ", failures: " + allocator.metric().failures());
    live.forEach(ByteBuf::release);
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).get();
  }

  /** Touches what it gets. */
  private static List<ByteBuf> demand(LiteByteBufAllocator allocator, int buffers) {
    List<ByteBuf> got = new ArrayList<>();
    for (int i = 0; i < buffers; i++) {
      try {
        ByteBuf buffer = allocator.directBuffer(BYTES / 2);
        got.add(buffer.writeZero(BYTES / 2));
        buffer.capacity(BYTES).writeZero(BYTES / 2);
      } catch (OutOfMemoryError e) {
        // The other half of what the probe is for.
      }
    }
    return got;
  }

  /** The most that any instrument sees; the heap is fixed and touched. */
  private static long heldBytes() throws IOException {
    long pools =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    long counted = Math.max(0, PlatformDependent.usedDirectMemory());
    long resident = 0;
    Path status = Path.of("/proc/self/status");
    if (Files.exists(status)) {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmRSS:")) {
          resident = Long.parseLong(line.replaceAll("\\D", "")) << 10;
        }
      }
    }
    return Math.max(resident, Math.max(pools, counted));
  }
}
