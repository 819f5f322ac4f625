package io.github.litealloc.metrics;

import io.github.litealloc.netty.LiteByteBufAllocator;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A process whose memory is taken, bit by bit, while its dashboard is looked at. */
public final class ObserverProbe {

  private static final int MEBIBYTE = 1 << 20;
  private static final long HEAP_FULL_MILLIS = 500;

  /** Less would make the collector run for each of what is left. */
  private static final int SMALLEST = 64;

  private static final List<Object> DIRECT = new ArrayList<>();
  private static volatile Object[] heap; // seen by nobody, but held

  private ObserverProbe() {}

  /** Obeys the lines that it reads. */
  public static void main(String[] arguments) throws Exception {
    try (LiteByteBufAllocator allocator =
            LiteByteBufAllocator.builder().name("probe").maxBytes(MEBIBYTE).build();
        TestLoop loop = new TestLoop("probe");
        DashboardServer server = DashboardServer.builder().allocator(allocator).start()) {
      loop.release(loop.call(() -> allocator.directBuffer(100)));
      System.out.println("port " + server.uri().getPort());
      BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        switch (line) {
          case "direct" -> fillDirect();
          case "heap" -> fillHeap();
          default -> throw new IllegalArgumentException(line);
        }
        System.out.println("done");
      }
    }
  }

  private static void fillDirect() {
    for (int bytes = MEBIBYTE; bytes >= 16; bytes /= 4) {
      try {
        while (true) {
          DIRECT.add(ByteBuffer.allocateDirect(bytes));
        }
      } catch (OutOfMemoryError full) {
        // A smaller one, then.
      }
    }
  }

  /** Again and again, so that whoever allocates meanwhile gets an error. */
  private static void fillHeap() {
    long end = System.currentTimeMillis() + HEAP_FULL_MILLIS;
    while (System.currentTimeMillis() < end) {
      Object[] chain = null;
      int size = MEBIBYTE / 8;
      while (size >= SMALLEST && System.currentTimeMillis() < end) {
        try {
          Object[] next = new Object[size];
          next[0] = chain;
          chain = next;
        } catch (OutOfMemoryError full) {
          size /= 2;
        }
      }
      heap = chain;
      Thread.yield();
      heap = null;
    }
  }
}
