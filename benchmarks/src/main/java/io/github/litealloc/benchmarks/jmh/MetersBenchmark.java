package io.github.litealloc.benchmarks.jmh;

import io.github.litealloc.metrics.LiteAllocMetrics;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What do meters cost an event loop: one direct buffer that is allocated and released at once,
 * while nothing is bound, while meters are, and while a thread scrapes them once a second? 100
 * buffers are live all the time.
 *
 * <p>{@code java -jar lite-alloc.jar jmh Meters -p meters=none,scraped}
 */
public class MetersBenchmark extends EventLoopBenchmark {

  /** In one invocation. See {@link ShortRound}. */
  public static final int OPERATIONS = ShortRound.OPERATIONS;

  private static final int SIZE = 1_024;
  private static final int LIVE = 100;

  /** What is bound. */
  @Param({"none", "bound", "scraped"})
  public String meters;

  private TrialAllocator trial;
  private ByteBufAllocator alloc;
  private final ByteBuf[] live = new ByteBuf[LIVE];
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private @Nullable LiteAllocMetrics binder;
  private @Nullable ScheduledExecutorService scraper;

  /** Made by JMH. */
  @SuppressWarnings("NullAway.Init") // JMH sets the fields
  public MetersBenchmark() {}

  /** Opens the allocator, and binds what is to be bound. */
  @Setup
  public void open() {
    trial = TrialAllocator.open("hybrid");
    alloc = trial.allocator();
    for (int i = 0; i < LIVE; i++) {
      live[i] = alloc.directBuffer(SIZE);
    }
    if (meters.equals("none")) {
      return;
    }
    binder = new LiteAllocMetrics((LiteByteBufAllocator) alloc);
    binder.bindTo(registry);
    if (meters.equals("scraped")) {
      scraper = Executors.newSingleThreadScheduledExecutor();
      scraper.scheduleAtFixedRate(registry::scrape, 0, 1, TimeUnit.SECONDS);
    }
  }

  /**
   * Allocates and releases buffers, one after the other.
   *
   * @param blackhole takes whether each was freed, which it was
   */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void allocateRelease(Blackhole blackhole) {
    for (int i = 0; i < OPERATIONS; i++) {
      blackhole.consume(alloc.directBuffer(SIZE).release());
    }
  }

  /** Closes all of it. */
  @TearDown
  public void close() {
    if (scraper != null) {
      scraper.shutdownNow();
    }
    if (binder != null) {
      binder.close();
    }
    for (ByteBuf buffer : live) {
      buffer.release();
    }
    trial.close();
  }
}
