package io.github.litealloc.benchmarks.demo;

import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.MeasuredAllocator;
import io.github.litealloc.benchmarks.MeasuredLite;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.metrics.DashboardServer;
import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One run of the demo, from opening the allocator to its last figure. */
final class Demo {

  /** How often the memory is read; a peer's peak is the highest of these readings. */
  private static final long SAMPLE_MILLIS = 100;

  private static final int ANSWER_TIMEOUT_SECONDS = 10;
  private static final long RETURN_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final DemoOptions options;
  private final PrintWriter out;
  private final CountDownLatch stop = new CountDownLatch(1);

  Demo(DemoOptions options, PrintWriter out) {
    this.options = options;
    this.out = out;
  }

  /** Makes {@link #run()} come to its end, now or when it is called. Any thread. */
  void stop() {
    stop.countDown();
  }

  /**
   * Runs until the time is over, the load is done or {@link #stop()} is called.
   *
   * @return all the figures, taken when the event loops were gone
   * @throws CommandFailure if the server or the dashboard cannot start
   */
  DemoSummary run() throws InterruptedException {
    if (!LeakWatch.watchesBuffers()) {
      throw new IllegalStateException("leaks are not counted: LeakWatch was installed too late");
    }
    long leaksBefore = LeakWatch.reports();
    try (MeasuredAllocator allocator = options.openAllocator();
        DemoServer server =
            new DemoServer(
                allocator.allocator(), options.loops(), options.port(), options.bodyBytes());
        DashboardServer dashboard = startDashboard(allocator)) {
      announce(server, dashboard);
      try (LoadGenerator load = startLoad(allocator, server)) {
        ProgressReporter progress = new ProgressReporter(allocator, server.figures(), load, out);
        runUntilStopped(load, progress);
        if (load != null) {
          load.stop(ANSWER_TIMEOUT_SECONDS);
        }
        progress.finish();
        if (load != null) {
          load.end();
        }
        server.end();
        awaitReturnOfBuffers(allocator);
        LeakWatch.provokeReports();
        long leaks = LeakWatch.reports() - leaksBefore;
        return DemoSummary.of(options, allocator, server.figures(), load, progress, leaks);
      }
    }
  }

  private @Nullable DashboardServer startDashboard(MeasuredAllocator allocator) {
    if (!(allocator instanceof MeasuredLite lite)) {
      return null;
    }
    try {
      return DashboardServer.builder()
          .allocator(lite.allocator())
          .application("lite-alloc demo")
          .port(options.dashboardPort())
          .start();
    } catch (Exception e) { // whatever it is, the port is what the user chose
      throw new CommandFailure(
          "cannot start the dashboard on 127.0.0.1:"
              + options.dashboardPort()
              + ": "
              + rootCause(e).getMessage(),
          e);
    }
  }

  private static Throwable rootCause(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private @Nullable LoadGenerator startLoad(MeasuredAllocator allocator, DemoServer server) {
    if (options.connections() == 0) {
      return null;
    }
    return LoadGenerator.start(
        allocator.allocator(),
        server.address(),
        options.connections(),
        options.loops(),
        options.bodyBytes(),
        options.maxRequests());
  }

  private void announce(DemoServer server, @Nullable DashboardServer dashboard) {
    out.println(
        "lite-alloc demo on the allocator "
            + options.candidate()
            + (dashboard == null ? "" : ", see " + dashboard.uri()));
    out.println(
        "  server     "
            + server.uri()
            + "  ("
            + Text.count(options.loops(), "event loop")
            + "; GET /?size=BYTES, POST / echoes)");
    out.println(
        "  dashboard  "
            + (dashboard == null ? "none: it shows our allocator only" : dashboard.uri()));
    out.println("  load       " + describeLoad());
    out.println("  ends       " + describeEnd());
    out.flush();
  }

  private String describeLoad() {
    if (options.connections() == 0) {
      return "none: bring your own client";
    }
    return Text.count(options.connections(), "connection")
        + " on "
        + Text.count(options.loops(), "event loop")
        + ", in this process and on the same allocator;"
        + " every status, length, byte and order is checked";
  }

  private String describeEnd() {
    StringBuilder end = new StringBuilder();
    if (options.durationSeconds() != DemoOptions.UNTIL_STOPPED) {
      end.append("after ").append(Text.count(options.durationSeconds(), "second")).append(", ");
    }
    if (options.stopWithLoad()) {
      end.append("after ").append(Text.count(options.maxRequests(), "request")).append(", ");
    }
    return end.append("on Ctrl-C").toString();
  }

  private void runUntilStopped(@Nullable LoadGenerator load, ProgressReporter progress)
      throws InterruptedException {
    long started = System.nanoTime();
    long durationNanos = TimeUnit.SECONDS.toNanos(options.durationSeconds());
    while (!stop.await(SAMPLE_MILLIS, TimeUnit.MILLISECONDS)) {
      progress.sample();
      long nanos = System.nanoTime() - started;
      if (options.durationSeconds() != DemoOptions.UNTIL_STOPPED && nanos >= durationNanos) {
        return;
      }
      if (options.stopWithLoad() && load != null && load.finished()) {
        return;
      }
    }
  }

  /**
   * Waits until no buffer is out. The event loops are gone, but the last releases may still be on
   * their way from one of them to the memory of another.
   */
  private static void awaitReturnOfBuffers(MeasuredAllocator allocator)
      throws InterruptedException {
    long started = System.nanoTime();
    while (allocator.usedBytes().orElse(0) != 0
        && System.nanoTime() - started < RETURN_TIMEOUT_NANOS) {
      TimeUnit.MILLISECONDS.sleep(SAMPLE_MILLIS);
    }
  }
}
