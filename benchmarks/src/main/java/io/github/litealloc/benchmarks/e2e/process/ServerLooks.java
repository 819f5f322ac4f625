package io.github.litealloc.benchmarks.e2e.process;

import io.github.litealloc.benchmarks.MeasuredAllocator;
import io.github.litealloc.benchmarks.Outside;
import io.github.litealloc.benchmarks.ResidentSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Looks at the memory of a server and its process, again and again, on a thread of its own. */
final class ServerLooks implements AutoCloseable {

  private static final long EVERY_MILLIS = 50;

  /**
   * One look.
   *
   * @param millis since the first one
   * @param reserved bytes that the allocator holds; of ours, with the live buffers that its full
   *     budget has sent elsewhere, as a peer's are among its own
   * @param resident bytes of the process, or {@link ResidentSet#UNKNOWN}
   */
  record Look(long millis, long reserved, long resident) {}

  private final MeasuredAllocator allocator;
  private final List<Look> looks = new ArrayList<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final long started = System.nanoTime();
  private final Thread thread = new Thread(this::run, "server-looks");

  ServerLooks(MeasuredAllocator allocator) {
    this.allocator = allocator;
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      do {
        look();
      } while (!stop.await(EVERY_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    look();
  }

  private void look() {
    Look look =
        new Look(
            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started),
            allocator.reservedBytes() + Outside.bytesNow(allocator).orElse(0),
            ResidentSet.bytes());
    synchronized (looks) {
      looks.add(look);
    }
  }

  /** Looks once more, and no more. */
  List<Look> end() throws InterruptedException {
    stop.countDown();
    thread.join();
    synchronized (looks) {
      return List.copyOf(looks);
    }
  }

  @Override
  public void close() {
    stop.countDown();
  }
}
