package io.github.litealloc.benchmarks.demo;

import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.MeasuredAllocator;
import io.github.litealloc.benchmarks.MeasuredLite;
import io.github.litealloc.benchmarks.demo.load.LoadGenerator;
import io.github.litealloc.benchmarks.demo.load.SlowReaders;
import io.github.litealloc.benchmarks.demo.server.DemoServer;
import io.github.litealloc.benchmarks.demo.server.LeakyCache;
import io.github.litealloc.benchmarks.demo.server.ServerExtras;
import io.github.litealloc.benchmarks.demo.server.Workers;
import io.github.litealloc.metrics.DashboardServer;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One run of the demo, from opening the allocator to its last figure. */
final class Demo {

  /** How often the memory is read; a peer's peak is the highest of these readings. */
  private static final long SAMPLE_MILLIS = 100;

  private static final int ANSWER_TIMEOUT_SECONDS = 10;
  private static final long RETURN_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Of the budget, what slow readers hold before no more of them come. */
  private static final double ENOUGH_HELD = 0.92;

  private static final int SMALL_SEND_BUFFER = 64 << 10;

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
    Scenario scenario = options.scenario();
    LeakyCache cache = scenario == Scenario.LEAK ? new LeakyCache(options.ceiling()) : null;
    Workers workers = scenario == Scenario.OFF_LOOP ? new Workers(options.loops()) : null;
    ServerExtras extras = new ServerExtras(workers, cache, pipelineOf(scenario));
    try (MeasuredAllocator allocator = options.openAllocator();
        DemoServer server =
            new DemoServer(
                allocator.allocator(),
                options.loops(),
                options.port(),
                options.bodyBytes(),
                extras);
        DashboardServer dashboard = startDashboard(allocator)) {
      new Announcement(options, server.uri(), dashboard.uri()).print(out);
      try (LoadGenerator load = startLoad(allocator, server);
          SlowReaders slow = startSlowReaders(allocator, server)) {
        ProgressReporter progress = new ProgressReporter(allocator, server.figures(), load, out);
        runUntilStopped(load, progress);
        PageVerdict page = PageVerdict.read(dashboard.uri());
        List<String> notes = notes(allocator, cache, slow);
        if (slow != null) {
          slow.end();
        }
        if (load != null) {
          load.stop(ANSWER_TIMEOUT_SECONDS);
        }
        progress.finish();
        if (load != null) {
          load.end();
        }
        server.end();
        if (workers != null) {
          workers.close();
        }
        if (cache != null) {
          cache.releaseAll();
        }
        awaitReturnOfBuffers(allocator);
        LeakWatch.provokeReports();
        long leaks = LeakWatch.reports() - leaksBefore;
        return DemoSummary.of(
            options,
            allocator,
            server.figures(),
            load,
            progress,
            new DemoSummary.Seen(dashboard.uri(), page, notes, leaks));
      }
    } finally {
      if (workers != null) {
        workers.close();
      }
      if (cache != null) {
        cache.releaseAll();
      }
    }
  }

  /** The kernel would hold megabytes of answers for clients that do not read. */
  private static Consumer<ChannelPipeline> pipelineOf(Scenario scenario) {
    return scenario == Scenario.SLOW_READERS
        ? pipeline ->
            pipeline.channel().config().setOption(ChannelOption.SO_SNDBUF, SMALL_SEND_BUFFER)
        : pipeline -> {};
  }

  /** What the scenario has done wrong on purpose. */
  private List<String> notes(
      MeasuredAllocator allocator, @Nullable LeakyCache cache, @Nullable SlowReaders slow) {
    List<String> notes = new ArrayList<>();
    if (slow != null) {
      notes.add(slow.count() + " clients hardly read the answers that they had asked for");
    }
    if (cache != null) {
      notes.add(
          cache.count()
              + " buffers were kept on purpose, and are released now; those of a real leak are not."
              + " Who keeps them, by holders():");
      if (allocator instanceof MeasuredLite lite) {
        lite.allocator().holders().sites().stream()
            .limit(1)
            .forEach(
                holder -> {
                  notes.add("  " + holder);
                  holder.stack().stream().limit(2).forEach(frame -> notes.add("    at " + frame));
                });
      }
    }
    return notes;
  }

  private DashboardServer startDashboard(MeasuredAllocator allocator) {
    DashboardServer.Builder builder =
        DashboardServer.builder().application("lite-alloc demo").port(options.dashboardPort());
    if (allocator instanceof MeasuredLite lite) {
      builder.allocator(lite.allocator());
    } else {
      builder.nettyAllocator(
          allocator.candidate().toString(), (ByteBufAllocatorMetricProvider) allocator.allocator());
    }
    if (options.scenario() == Scenario.LEAK) {
      builder.leakWindow(options.leakWindow());
    }
    return start(builder, options.dashboardPort());
  }

  /** Starts a dashboard, or says why it cannot. */
  static DashboardServer start(DashboardServer.Builder builder, int port) {
    try {
      return builder.start();
    } catch (Exception e) { // whatever it is, the port is what the user chose
      throw new CommandFailure(
          "cannot start the dashboard on 127.0.0.1:" + port + ": " + rootCause(e).getMessage(), e);
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
    return options.connections() == 0
        ? null
        : LoadGenerator.start(allocator.allocator(), server.address(), options.load());
  }

  private @Nullable SlowReaders startSlowReaders(MeasuredAllocator allocator, DemoServer server) {
    return options.scenario() != Scenario.SLOW_READERS
        ? null
        : new SlowReaders(
            allocator.allocator(),
            server.address(),
            () -> allocator.reservedBytes() >= ENOUGH_HELD * options.ceiling());
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
