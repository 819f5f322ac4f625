package com.example.app;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Many virtual threads, where the JDK has them, that hand buffers to each other. */
final class VirtualThreadApplication {

  private static final int THREADS = 1_000;
  private static final int BYTES = 1_000;

  private VirtualThreadApplication() {}

  static void run() throws Exception {
    if (Runtime.version().feature() < 21) {
      System.out.println("virtual threads: none on this JDK");
      return;
    }
    ExecutorService threads =
        (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    List<Future<ByteBuf>> made = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      made.add(threads.submit(VirtualThreadApplication::make));
    }
    List<Callable<Object>> releases = new ArrayList<>();
    for (Future<ByteBuf> each : made) {
      ByteBuf buffer = each.get(30, TimeUnit.SECONDS);
      releases.add(
          () -> {
            for (int i = 0; i < BYTES; i++) {
              if (buffer.getByte(i) != (byte) i) {
                throw new IllegalStateException("byte " + i + ": " + buffer.getByte(i));
              }
            }
            return buffer.release();
          });
    }
    for (Future<Object> release : threads.invokeAll(releases)) {
      release.get();
    }
    threads.shutdown();
  }

  private static ByteBuf make() throws InterruptedException {
    ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(BYTES);
    Seen.buffer("virtual thread", buffer);
    for (int i = 0; i < BYTES; i++) {
      buffer.writeByte(i);
      if (i == BYTES / 2) {
        Thread.sleep(1); // so that another carrier may go on
      }
    }
    return buffer;
  }
}
