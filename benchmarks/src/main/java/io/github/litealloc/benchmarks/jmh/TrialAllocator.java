package io.github.litealloc.benchmarks.jmh;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.MeasuredAllocator;
import io.github.litealloc.benchmarks.MeasuredLite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.ThreadLocalRandom;

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

  private final MeasuredAllocator measured;

  private TrialAllocator(MeasuredAllocator measured) {
    this.measured = measured;
  }

  static TrialAllocator open(String candidateId) {
    EventLoopExecutor.requireEventLoop();
    peakReservedBytes = 0;
    fallbackShare = 0;
    shift = new byte[ThreadLocalRandom.current().nextInt(MAX_SHIFT_BYTES)];
    return new TrialAllocator(MeasuredAllocator.open(Candidate.of(candidateId), "benchmark"));
  }

  ByteBufAllocator allocator() {
    return measured.allocator();
  }

  /**
   * Reads the figures while one more buffer is live, so that even the allocator of a benchmark that
   * has just released everything shows what it needs for one.
   */
  void sample(int bufferBytes) {
    ByteBuf buffer = allocator().directBuffer(bufferBytes);
    peakReservedBytes = measured.peakReservedBytes();
    buffer.release();
    fallbackShare = measured instanceof MeasuredLite lite ? lite.fallbackShare() : 0;
  }

  void close() {
    measured.close();
  }

  static long peakReservedBytes() {
    return peakReservedBytes;
  }

  static double fallbackShare() {
    return fallbackShare;
  }
}
