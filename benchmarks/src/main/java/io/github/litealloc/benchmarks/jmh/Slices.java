package io.github.litealloc.benchmarks.jmh;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts the time of a benchmark into slices of {@value #MILLIS} ms, each with its mean time of an
 * operation. Static, because the profiler that reports them is made by JMH and meets the benchmark
 * nowhere; one worker writes, and JMH has waited for it when the profiler reads.
 */
final class Slices {

  static final int MILLIS = 50;

  private static final long NANOS = MILLIS * 1_000_000L;

  private static final List<Double> NANOS_PER_OP = new ArrayList<>();
  private static long started;
  private static long operations;

  private Slices() {}

  /** Forgets everything and begins the first slice. */
  static synchronized void begin() {
    NANOS_PER_OP.clear();
    operations = 0;
    started = System.nanoTime();
  }

  /** Counts operations that have just been made, and ends the slice if it is long enough. */
  static void count(int made) {
    operations += made;
    long now = System.nanoTime();
    if (now - started >= NANOS) {
      end(now);
    }
  }

  private static synchronized void end(long now) {
    NANOS_PER_OP.add((double) (now - started) / operations);
    operations = 0;
    started = now;
  }

  /** Returns the complete slices, in order of time. */
  static synchronized List<Double> nanosPerOp() {
    return List.copyOf(NANOS_PER_OP);
  }
}
