package io.github.litealloc.benchmarks.demo;

import io.github.litealloc.benchmarks.MeasuredAllocator;
import io.github.litealloc.benchmarks.Outside;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.demo.load.LoadFigures;
import io.github.litealloc.benchmarks.demo.load.LoadGenerator;
import io.github.litealloc.benchmarks.demo.load.LoadWaves;
import io.github.litealloc.benchmarks.demo.server.ServerFigures;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Prints one line each second and keeps the latencies of the run. Its warm-up, in which the JVM
 * compiles, is left out of them and of the rate, unless the run is hardly longer or the load is
 * somebody else's. One thread.
 */
final class ProgressReporter {

  private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(LoadWaves.WARM_UP_SECONDS);

  private final MeasuredAllocator allocator;
  private final ServerFigures server;
  private final @Nullable LoadGenerator load;
  private final PrintWriter out;
  private final Histogram latencies = LoadFigures.newHistogram();
  private final Histogram warmUpLatencies = LoadFigures.newHistogram();
  private long warmUpRequests;
  private double warmUpSeconds;
  private long peakOutsideBytes;
  private final long started = System.nanoTime();
  private long lineDue = started + LINE_NANOS;
  private long lineStarted = started;
  private long requestsBefore;
  private double seconds;

  ProgressReporter(
      MeasuredAllocator allocator,
      ServerFigures server,
      @Nullable LoadGenerator load,
      PrintWriter out) {
    this.allocator = allocator;
    this.server = server;
    this.load = load;
    this.out = out;
  }

  /** Reads the memory, so that a peer's peak is seen, and prints a line when it is time. */
  void sample() {
    allocator.reservedBytes();
    peakOutsideBytes = Math.max(peakOutsideBytes, Outside.bytesNow(allocator).orElse(0));
    long now = System.nanoTime();
    if (now - lineDue >= 0) {
      lineDue += LINE_NANOS;
      printLine(now);
    }
    // After the line, which is due at the same time and shows what there was until now.
    if (load != null && warmUpSeconds == 0 && now - started >= WARM_UP_NANOS) {
      takeLatencies();
      warmUpSeconds = (now - started) / 1e9;
      warmUpRequests = requests();
      warmUpLatencies.add(latencies);
      latencies.reset();
    }
  }

  /** Ends the measured time. Latencies that came since the last line still count. */
  void finish() {
    seconds = (System.nanoTime() - started) / 1e9;
    takeLatencies();
    if (seconds < 2 * warmUpSeconds) {
      latencies.add(warmUpLatencies);
      warmUpSeconds = 0;
      warmUpRequests = 0;
    }
  }

  /** Returns how much of the run is left out, 0 for nothing. */
  double warmUpSeconds() {
    return warmUpSeconds;
  }

  /** Returns the requests of that time. */
  long warmUpRequests() {
    return warmUpRequests;
  }

  /** Returns the most that was seen outside of the arenas at a time. */
  long peakOutsideBytes() {
    return peakOutsideBytes;
  }

  /** Returns the latencies of the run, in nanoseconds. */
  Histogram latencies() {
    return latencies;
  }

  /** Returns how long the run was, until the last answer. */
  double seconds() {
    return seconds;
  }

  private void printLine(long now) {
    Histogram interval = takeLatencies();
    long requests = requests();
    double perSecond = (requests - requestsBefore) * 1e9 / (now - lineStarted);
    StringBuilder line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "%4d s", Math.round((now - started) / 1e9)));
    line.append(String.format(Locale.ROOT, "  %,9.0f req/s", perSecond));
    if (load != null) {
      line.append(
          String.format(
              Locale.ROOT,
              "  p50 %,.0f us  p99 %,.0f us  max %,.0f us",
              interval.getValueAtPercentile(50) / 1e3,
              interval.getValueAtPercentile(99) / 1e3,
              interval.getMaxValue() / 1e3));
    }
    line.append("  reserved ").append(Text.bytes(allocator.reservedBytes()));
    line.append("  used ").append(Text.bytes(allocator.usedBytes()));
    OptionalLong outside = Outside.bytesNow(allocator);
    if (outside.orElse(0) > 0) {
      line.append("  outside ").append(Text.bytes(outside));
    }
    if (lineStarted - started < WARM_UP_NANOS) {
      line.append("  (warm-up)");
    }
    out.println(line);
    out.flush();
    requestsBefore = requests;
    lineStarted = now;
  }

  private long requests() {
    return load == null ? server.answered() : load.figures().verified();
  }

  private Histogram takeLatencies() {
    if (load == null) {
      return latencies;
    }
    Histogram interval = load.figures().takeLatencies();
    latencies.add(interval);
    return interval;
  }
}
