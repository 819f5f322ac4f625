package io.github.litealloc.benchmarks.e2e.process;

import io.github.litealloc.benchmarks.demo.load.LoadShape;
import io.github.litealloc.benchmarks.demo.load.ShapedLoad;
import io.github.litealloc.benchmarks.demo.server.Problems;
import io.github.litealloc.benchmarks.demo.server.Protocol;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** The built-in load as a program of its own. See {@link Dialogue}. */
public final class LoadProcess {

  private static final double NANOS_PER_SECOND = 1e9;
  private static final long LOOK_MILLIS = 20;
  private static final long FIRST_ANSWER_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** Long enough to reach a steady state, short enough to have several in a run. */
  private static final double CYCLE_SECONDS = 3;

  private static final double BURST_SHARE = 1 / 3.0;

  private final ShapedLoad load;
  private final Dialogue dialogue = new Dialogue();

  private LoadProcess(ShapedLoad load) {
    this.load = load;
  }

  /**
   * Sends requests for a time.
   *
   * @param args the port; the protocol; whether it is encrypted; the shape; the connections; the
   *     event loops; the bytes of a body; the seconds of warm-up; the seconds that count
   * @throws Exception if it cannot
   */
  public static void main(String[] args) throws Exception {
    Protocol protocol = Protocol.valueOf(args[1]);
    SslContext tls = Boolean.parseBoolean(args[2]) ? LoopbackTls.client(protocol) : null;
    LoadShape shape = LoadShape.valueOf(args[3]);
    InetSocketAddress server =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
    try (ShapedLoad load =
        new ShapedLoad(
            server, protocol, tls, shape, Integer.parseInt(args[5]), Integer.parseInt(args[6]))) {
      load.start(Integer.parseInt(args[4]));
      new LoadProcess(load).measure(shape, Integer.parseInt(args[7]), Integer.parseInt(args[8]));
    }
    System.exit(0);
  }

  private void measure(LoadShape shape, int warmUpSeconds, int seconds)
      throws InterruptedException {
    dialogue.endWithTheOtherSide();
    sleep(warmUpSeconds);
    awaitFirstAnswer();
    load.figures().takeLatencies();
    dialogue.say(Dialogue.BEGIN);
    long started = System.nanoTime();
    long before = load.figures().verified();
    long slowBefore = load.slowFigures().verified();
    if (shape == LoadShape.BURSTS) {
      bursts(seconds);
    } else {
      sleep(seconds);
    }
    long requests = load.figures().verified() - before;
    double elapsed = (System.nanoTime() - started) / NANOS_PER_SECOND;
    Histogram latencies = load.figures().takeLatencies();
    dialogue.say("requests", requests);
    dialogue.say("slowRequests", load.slowFigures().verified() - slowBefore);
    dialogue.say("seconds", elapsed);
    dialogue.say("p50Nanos", latencies.getValueAtPercentile(50));
    dialogue.say("p99Nanos", latencies.getValueAtPercentile(99));
    dialogue.say("p999Nanos", latencies.getValueAtPercentile(99.9));
    List<Problems> problems = List.of(load.figures().failures(), load.slowFigures().failures());
    dialogue.say("failures", problems.stream().mapToLong(Problems::count).sum());
    dialogue.say(
        "firstFailure",
        problems.stream()
            .map(Problems::firstFew)
            .flatMap(texts -> texts.isEmpty() ? Stream.empty() : Stream.of(texts.get(0)))
            .findFirst()
            .orElse(""));
    dialogue.say(Dialogue.DONE);
  }

  /** On a busy machine, that may take longer than a warm-up. */
  private void awaitFirstAnswer() throws InterruptedException {
    long started = System.nanoTime();
    while (load.figures().verified() == 0
        && !load.hasFailed()
        && System.nanoTime() - started < FIRST_ANSWER_NANOS) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  private void bursts(int seconds) throws InterruptedException {
    long cycles = Math.max(1, Math.round(seconds / CYCLE_SECONDS));
    double cycle = seconds / (double) cycles;
    for (long i = 0; i < cycles; i++) {
      load.goOn();
      sleep(BURST_SHARE * cycle);
      load.pause();
      sleep((1 - BURST_SHARE) * cycle);
    }
  }

  /** Sleeps, less if there is nothing to wait for. */
  private void sleep(double seconds) throws InterruptedException {
    long started = System.nanoTime();
    while (System.nanoTime() - started < seconds * NANOS_PER_SECOND && !load.hasFailed()) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }
}
