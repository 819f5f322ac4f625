package io.github.litealloc.netty;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads that are no event loops ask for more than a small budget allows, again and again; prints
 * by how much the process has grown at most, as the system sees it, and by how much when they are
 * silent.
 */
final class OffLoopResidentSetProbe {

  static final int BUDGET_MIB = 10;

  private static final int THREADS = 8;
  private static final int MIB = 1 << 20;
  private static final int ROUNDS = 400;
  private static final int BUFFERS = 64;
  private static final int MAX_BYTES = 100_000;

  private OffLoopResidentSetProbe() {}

  /** Ends by returning: nothing of ours may keep the process. */
  public static void main(String[] arguments) throws Exception {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .maxBytes((long) BUDGET_MIB << 20)
            .whenExhausted(ExhaustionPolicy.THROW)
            .decayMillis(200)
            .build();
    AtomicLong refused = new AtomicLong();
    run(allocator, 20, refused); // so that what is loaded for the first time does not count
    long before = residentKiB();
    AtomicLong peak = new AtomicLong(before);
    Thread watcher =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                try {
                  peak.accumulateAndGet(residentKiB(), Math::max);
                  Thread.sleep(2);
                } catch (IOException | InterruptedException e) {
                  return;
                }
              }
            });
    watcher.setDaemon(true);
    watcher.start();
    run(allocator, ROUNDS, refused);
    watcher.interrupt();
    watcher.join();
    System.out.println("grown by " + ((peak.get() - before) >> 10) + " MiB");
    System.out.println("refused " + refused.get());
    for (int i = 0; i < 500 && allocator.metric().budget().reservedBytes() > 0; i++) {
      Thread.sleep(20);
    }
    System.out.printf(
        ResidentSetProbe.RESERVED, (allocator.metric().budget().reservedBytes() + MIB - 1) / MIB);
  }

  private static void run(LiteByteBufAllocator allocator, int rounds, AtomicLong refused)
      throws InterruptedException {
    Thread[] threads = new Thread[THREADS];
    for (int i = 0; i < THREADS; i++) {
      int seed = i;
      threads[i] = new Thread(() -> use(allocator, rounds, new SplittableRandom(seed), refused));
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void use(
      LiteByteBufAllocator allocator, int rounds, SplittableRandom random, AtomicLong refused) {
    ByteBuf[] held = new ByteBuf[BUFFERS];
    for (int i = 0; i < rounds; i++) {
      for (int j = 0; j < BUFFERS; j++) {
        int bytes = 1 + random.nextInt(MAX_BYTES);
        try {
          held[j] = allocator.directBuffer(bytes).writeZero(bytes);
        } catch (DirectMemoryExhaustedError e) {
          held[j] = null;
          refused.incrementAndGet();
        }
      }
      for (ByteBuf buffer : held) {
        if (buffer != null) {
          buffer.release();
        }
      }
    }
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
