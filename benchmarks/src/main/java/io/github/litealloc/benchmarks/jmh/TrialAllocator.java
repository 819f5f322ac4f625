package io.github.litealloc.benchmarks.jmh;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.MeasuredAllocator;
import io.github.litealloc.benchmarks.MeasuredLite;
import io.github.litealloc.benchmarks.foreign.AllocatorReference;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * The allocator of one trial, which is one JVM, with the figures that {@link MemoryProfiler}
 * reports. Confined to the worker's event loop, but for the figures.
 */
final class TrialAllocator {

  /*
   * Static, because the profiler is made by JMH and meets the benchmark nowhere. Sampled by the
   * worker at the end of each iteration: after the last one the benchmark closes everything before
   * the profiler is asked.
   */
  private static volatile long peakReservedBytes;
  private static volatile double fallbackShare;

  /*
   * Where objects lie in memory decides a lot (Mytkowicz et al., Producing Wrong Data Without Doing
   * Anything Obviously Wrong, 2009): allocate and release was seen to take 14 or 24 ns, the same in
   * every fork of one build. So each fork draws how far the allocator's objects are from those that
   * were there before, and what is luck shows as spread.
   */
  private static final int MAX_SHIFT_BYTES = 64 * 1024;

  @SuppressWarnings("UnusedVariable") // to be there is all it does
  private static volatile byte[] shift = {};

  private final ByteBufAllocator allocator;
  private final LongSupplier reserved;
  private final DoubleSupplier fallbacks;
  private final Runnable close;

  private TrialAllocator(
      ByteBufAllocator allocator, LongSupplier reserved, DoubleSupplier fallbacks, Runnable close) {
    this.allocator = allocator;
    this.reserved = reserved;
    this.fallbacks = fallbacks;
    this.close = close;
  }

  static TrialAllocator open(String id) {
    EventLoopExecutor.requireEventLoop();
    peakReservedBytes = 0;
    fallbackShare = 0;
    shift = new byte[ThreadLocalRandom.current().nextInt(MAX_SHIFT_BYTES)];
    return AllocatorReference.isParameter(id)
        ? foreign(AllocatorReference.ofParameter(id).open())
        : known(id);
  }

  private static TrialAllocator known(String id) {
    MeasuredAllocator measured = MeasuredAllocator.open(Candidate.of(id), "benchmark");
    return new TrialAllocator(
        measured.allocator(),
        measured::peakReservedBytes,
        () -> measured instanceof MeasuredLite lite ? lite.fallbackShare() : 0,
        measured::close);
  }

  /**
   * Serves an allocator of which nothing is known. Here, {@link #known} must not have run: it uses
   * this library, and the class path may begin with another version of it.
   */
  private static TrialAllocator foreign(ByteBufAllocator allocator) {
    LongSupplier reserved =
        allocator instanceof ByteBufAllocatorMetricProvider provider
            ? () -> Math.max(peakReservedBytes, provider.metric().usedDirectMemory())
            : () -> MemoryProfiler.UNKNOWN;
    return new TrialAllocator(allocator, reserved, () -> 0, () -> {});
  }

  ByteBufAllocator allocator() {
    return allocator;
  }

  /**
   * Reads the figures while one more buffer is live, so that even the allocator of a benchmark that
   * has just released everything shows what it needs for one.
   */
  void sample(int bufferBytes) {
    ByteBuf buffer = allocator.directBuffer(bufferBytes);
    peakReservedBytes = reserved.getAsLong();
    buffer.release();
    fallbackShare = fallbacks.getAsDouble();
  }

  void close() {
    close.run();
  }

  static long peakReservedBytes() {
    return peakReservedBytes;
  }

  static double fallbackShare() {
    return fallbackShare;
  }
}
