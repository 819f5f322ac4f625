package io.github.litealloc.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultEventLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Fills and releases, again and again, what a small budget allows, without keeping any of it; then
 * prints by how much the process has grown meanwhile, as the system sees it.
 */
final class ResidentSetProbe {

  static final int BUDGET_MIB = 32;

  private static final int ROUNDS = 60;
  private static final int BUFFERS = 12;
  private static final int BUFFER_BYTES = 2_400_000;

  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder()
          .maxBytes((long) BUDGET_MIB << 20)
          .whenExhausted(ExhaustionPolicy.THROW)
          .decayMillis(0)
          .build();

  private ResidentSetProbe() {}

  public static void main(String[] args) throws Exception {
    DefaultEventLoop loop = new DefaultEventLoop();
    Callable<Long> probe = new ResidentSetProbe()::peakGrowthKiB;
    System.out.println("grown by " + (loop.submit(probe).get() >> 10) + " MiB");
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
  }

  private long peakGrowthKiB() throws IOException {
    round(); // so that what is loaded for the first time does not count
    long before = residentKiB();
    long peak = before;
    for (int i = 0; i < ROUNDS; i++) {
      peak = Math.max(peak, round());
    }
    return peak - before;
  }

  /** Answers how large the process was when all was filled. */
  private long round() throws IOException {
    ByteBuf[] buffers = new ByteBuf[BUFFERS];
    for (int i = 0; i < BUFFERS; i++) {
      buffers[i] = allocator.directBuffer(BUFFER_BYTES).writeZero(BUFFER_BYTES);
    }
    long resident = residentKiB();
    for (ByteBuf buffer : buffers) {
      buffer.release();
    }
    return resident;
  }

  private static long residentKiB() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("no VmRSS in /proc/self/status");
  }
}
