package io.github.litealloc.benchmarks.demo;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.MeasuredLite;
import io.github.litealloc.benchmarks.ResidentSet;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.demo.load.SlowReaders;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.metrics.DashboardServer;
import io.netty.buffer.ByteBuf;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets a server run for long while connections are cut, event loops end, memory runs out,
 * strategies change and handlers throw, and looks afterwards at what is left. One thread drives it.
 */
final class Soak {

  private static final int TICK_MILLIS = 50;
  private static final long MAX_LINE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int LINES = 30;
  private static final int HOG_BYTES = 64 << 10;
  private static final int HOLD_MILLIS = 100;
  private static final int MAX_RETURN_SECONDS = 60;
  private static final int COLLECTIONS = 3;

  /** Longer than the decay time, the looks of timers, and the C library's pause. */
  private static final int SILENCE_SECONDS = 15;

  private static final double ENOUGH_HELD = 0.6;

  private final SoakOptions options;
  private final PrintWriter out;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final SoakFigures figures = new SoakFigures();
  private final Provoked provoked = new Provoked();
  private final Map<Fault, Long> dueNanos = new EnumMap<>(Fault.class);
  private final List<ByteBuf> survivors = new ArrayList<>();
  private @Nullable SlowReaders slow;
  private int turn;

  Soak(SoakOptions options, PrintWriter out) {
    this.options = options;
    this.out = out;
  }

  /** Has {@link #run()} come to its end and judge what there was. Any thread. */
  void stop() {
    stop.countDown();
  }

  /**
   * Soaks.
   *
   * @return what was seen and what is left
   */
  SoakResult run() throws InterruptedException {
    long leaksBefore = LeakWatch.reports();
    try (MeasuredLite lite =
            new MeasuredLite(
                Candidate.lite("hybrid"),
                DemoOptions.NAME,
                options.maxBytes(),
                builder -> builder.decayMillis(Scenario.DECAY_MILLIS));
        DashboardServer dashboard =
            Demo.start(
                DashboardServer.builder()
                    .allocator(lite.allocator())
                    .application("lite-alloc soak")
                    .port(options.dashboardPort()),
                options.dashboardPort())) {
      listenBadly(lite.allocator().metric().budget());
      announce(dashboard);
      long started = System.nanoTime();
      soak(lite, options.warmUpSeconds(), "warm-up");
      long residentBefore = silentResidentSet(lite);
      out.printf(
          "resident set after %s of warm-up and %s of silence: %s%n",
          Text.count(options.warmUpSeconds(), "second"),
          Text.count(silenceSeconds(), "second"),
          Text.bytes(residentBefore));
      soak(lite, options.durationSeconds(), "soak");
      double seconds = (System.nanoTime() - started) / 1e9;
      long residentAfter = silentResidentSet(lite);
      LeakWatch.provokeReports();
      figures.set(Fault.FOREIGN_EXCEPTION, provoked.count());
      return new SoakResult(
          seconds,
          figures,
          SoakResult.Left.of(lite, LeakWatch.reports() - leaksBefore),
          residentBefore,
          residentAfter);
    } finally {
      releaseSurvivors();
    }
  }

  /** The budget is nobody else's, and goes with its listener. */
  private void listenBadly(MemoryBudget budget) {
    budget.addPressureListener(Runnable::run, level -> provoked.maybeThrow());
  }

  private int silenceSeconds() {
    return (int) (options.pacedMillis(SILENCE_SECONDS * 1_000L) / 1_000) + 3;
  }

  private void announce(DashboardServer dashboard) {
    out.println("lite-alloc soak, see " + dashboard.uri());
    out.printf(
        "  for %s after %s of warm-up, on Ctrl-C; a budget of %s%n",
        Text.count(options.durationSeconds(), "second"),
        Text.count(options.warmUpSeconds(), "second"),
        Text.bytes(options.maxBytes()));
    for (Fault fault : Fault.values()) {
      out.printf(
          Locale.ROOT,
          "  %-40s every %.1f s%n",
          fault.description(),
          options.pacedMillis(fault.everyMillis()) / 1e3);
    }
    out.println(
        "  at the end nothing may be left, and the resident set may be at most "
            + Text.bytes(SoakResult.MAX_GROWTH_BYTES)
            + " above that after the warm-up");
    out.flush();
  }

  private void soak(MeasuredLite lite, int seconds, String phase) throws InterruptedException {
    long started = System.nanoTime();
    long endNanos = TimeUnit.SECONDS.toNanos(seconds);
    long lineNanos = Math.min(MAX_LINE_NANOS, endNanos / LINES + TimeUnit.SECONDS.toNanos(1));
    long nextLine = lineNanos;
    for (Fault fault : Fault.values()) {
      dueNanos.put(fault, started + nanosUntilNext(fault));
    }
    SoakGeneration generation = newGeneration(lite);
    try {
      while (System.nanoTime() - started < endNanos
          && !stop.await(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
        for (Fault fault : Fault.values()) {
          if (System.nanoTime() - dueNanos.getOrDefault(fault, started) >= 0) {
            generation = inject(fault, lite, generation);
            dueNanos.put(fault, System.nanoTime() + nanosUntilNext(fault));
          }
        }
        long nanos = System.nanoTime() - started;
        if (nanos >= nextLine) {
          nextLine += lineNanos;
          printLine(phase, nanos / 1_000_000_000, lite, generation);
        }
      }
      endSlowReaders();
      generation.endInOrder();
      figures.add(generation);
    } finally {
      endSlowReaders();
      generation.close();
    }
  }

  private SoakGeneration newGeneration(MeasuredLite lite) {
    return new SoakGeneration(lite.allocator(), options, provoked);
  }

  private long nanosUntilNext(Fault fault) {
    return TimeUnit.MILLISECONDS.toNanos(options.pacedMillis(fault.everyMillis()));
  }

  private SoakGeneration inject(Fault fault, MeasuredLite lite, SoakGeneration generation)
      throws InterruptedException {
    turn++;
    SoakGeneration next = generation;
    switch (fault) {
      case CONNECTION_CUT -> generation.load().cutOne(turn);
      case LOOPS_REPLACED -> next = replace(lite, generation);
      case EXHAUSTION -> exhaust(lite, generation);
      case STRATEGY_SWAP ->
          lite.allocator().strategy(Candidate.STRATEGIES.get(turn % Candidate.STRATEGIES.size()));
      case FOREIGN_EXCEPTION -> provoked.next();
      case SLOW_READERS -> toggleSlowReaders(lite, generation);
    }
    figures.count(fault);
    return next;
  }

  /** Those that outlive this change are released at the next one, by this thread. */
  private SoakGeneration replace(MeasuredLite lite, SoakGeneration generation)
      throws InterruptedException {
    endSlowReaders();
    releaseSurvivors();
    survivors.addAll(generation.survivors());
    SoakGeneration next = newGeneration(lite);
    if (turn % 2 == 0) {
      generation.endInOrder();
    } else {
      generation.endAtOnce();
    }
    figures.add(generation);
    return next;
  }

  private void releaseSurvivors() {
    survivors.forEach(ByteBuf::release);
    survivors.clear();
  }

  /** Takes all there is, on a loop or here, and gives one half back there and one here. */
  private void exhaust(MeasuredLite lite, SoakGeneration generation) throws InterruptedException {
    List<ByteBuf> taken = new ArrayList<>();
    Runnable take =
        () -> {
          long most = 2 * options.maxBytes() / HOG_BYTES;
          while (lite.elsewhereBytes() == 0 && taken.size() < most) {
            taken.add(lite.allocator().directBuffer(HOG_BYTES).writeInt(turn));
          }
        };
    Runnable giveBack =
        () -> {
          for (int i = 0; i < taken.size(); i += 2) {
            taken.get(i).release();
          }
        };
    if (turn % 2 == 0) {
      take.run();
      stop.await(HOLD_MILLIS, TimeUnit.MILLISECONDS);
      giveBack.run();
    } else {
      try {
        generation.otherLoop().submit(take).get();
        stop.await(HOLD_MILLIS, TimeUnit.MILLISECONDS);
        generation.otherLoop().submit(giveBack).get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("the memory could not be exhausted", e);
      }
    }
    for (int i = 1; i < taken.size(); i += 2) {
      taken.get(i).release();
    }
  }

  private void toggleSlowReaders(MeasuredLite lite, SoakGeneration generation) {
    if (slow != null) {
      endSlowReaders();
      return;
    }
    slow =
        new SlowReaders(
            lite.allocator(),
            generation.server().address(),
            () -> lite.reservedBytes() >= ENOUGH_HELD * options.maxBytes());
  }

  private void endSlowReaders() {
    if (slow != null) {
      slow.end();
      slow = null;
    }
  }

  /** Nobody does anything any more; what is the process's size then? */
  private long silentResidentSet(MeasuredLite lite) throws InterruptedException {
    releaseSurvivors();
    TimeUnit.SECONDS.sleep(silenceSeconds());
    for (int i = 0; i < MAX_RETURN_SECONDS && lite.reservedBytes() > 0; i++) {
      TimeUnit.SECONDS.sleep(1);
    }
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(HOLD_MILLIS);
    }
    return ResidentSet.bytes();
  }

  private void printLine(String phase, long seconds, MeasuredLite lite, SoakGeneration generation) {
    long verified = figures.verified() + generation.load().figures().verified();
    out.printf(
        "%-8s%6d s  %s verified  %s loops replaced  reserved %s  used %s  outside %s  resident %s%n",
        phase,
        seconds,
        Text.count(verified),
        Text.count(figures.faults(Fault.LOOPS_REPLACED)),
        Text.bytes(lite.reservedBytes()),
        Text.bytes(lite.usedBytes()),
        Text.bytes(lite.elsewhereBytes()),
        Text.bytes(ResidentSet.bytes()));
    out.flush();
  }
}
