package io.github.litealloc.benchmarks.demo.load;

import io.github.litealloc.benchmarks.demo.server.Problems;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** What the load has counted. Safe for all threads. */
public final class LoadFigures {

  private static final long MAX_LATENCY_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int LATENCY_DIGITS = 3;

  private final LongAdder verified = new LongAdder();
  private final LongAdder wrongBytes = new LongAdder();
  private final LongAdder cut = new LongAdder();
  private final Problems failures = new Problems();
  private final Recorder latencies = new Recorder(MAX_LATENCY_NANOS, LATENCY_DIGITS);

  public static Histogram newHistogram() {
    return new Histogram(MAX_LATENCY_NANOS, LATENCY_DIGITS);
  }

  /** Counts a request whose answer is complete. */
  public void count(ResponseVerifier.Verdict verdict) {
    wrongBytes.add(verdict.wrongBytes());
    if (verdict.right()) {
      long nanos = System.nanoTime() - verdict.sentNanos();
      latencies.recordValue(Math.min(Math.max(0, nanos), MAX_LATENCY_NANOS));
      verified.increment();
    } else {
      failures.add(1, verdict.problem());
    }
  }

  /** Returns the requests whose answers were right in everything. */
  public long verified() {
    return verified.sum();
  }

  /** Counts requests that were under way when their connection was cut on purpose. */
  void countCut(long requests) {
    cut.add(requests);
  }

  /** Returns the requests that were under way when their connection was cut on purpose. */
  public long cut() {
    return cut.sum();
  }

  /** Returns the requests that were not answered, or wrongly. */
  public Problems failures() {
    return failures;
  }

  /** Returns the bytes that were wrong in all answers. */
  public long wrongBytes() {
    return wrongBytes.sum();
  }

  /** Returns the latencies in nanoseconds of the right answers since the last call. */
  public Histogram takeLatencies() {
    return latencies.getIntervalHistogram();
  }
}
