package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.MeasuredAllocator;
import io.github.litealloc.benchmarks.ResidentSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Looks at an allocator and at its process, again and again, on a thread of its own. */
final class Sampler implements AutoCloseable {

  private static final long EVERY_MILLIS = 20;

  /**
   * One look.
   *
   * @param millis since the first one
   * @param live bytes that the history has live
   * @param reserved bytes that the allocator holds
   * @param used bytes in live buffers, as the allocator says; negative if it does not
   * @param resident bytes of the process, above what it had before; {@link ResidentSet#UNKNOWN}
   */
  record Sample(long millis, long live, long reserved, long used, long resident) {}

  private final MeasuredAllocator allocator;
  private final LongSupplier live;
  private final long residentBefore;
  private final List<Sample> samples = new ArrayList<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final long started = System.nanoTime();

  Sampler(MeasuredAllocator allocator, LongSupplier live, long residentBefore) {
    this.allocator = allocator;
    this.live = live;
    this.residentBefore = residentBefore;
    Thread thread = new Thread(this::run, "replay-sampler");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      do {
        Sample sample = look();
        synchronized (samples) {
          samples.add(sample);
        }
      } while (!stop.await(EVERY_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks now. */
  Sample look() {
    long resident = ResidentSet.bytes();
    return new Sample(
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started),
        live.getAsLong(),
        allocator.reservedBytes(),
        allocator.usedBytes().orElse(-1),
        resident == ResidentSet.UNKNOWN ? resident : Math.max(0, resident - residentBefore));
  }

  /** Returns all samples so far. */
  List<Sample> samples() {
    synchronized (samples) {
      return List.copyOf(samples);
    }
  }

  @Override
  public void close() {
    stop.countDown();
  }
}
