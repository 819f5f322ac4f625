package io.github.litealloc.benchmarks.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Clients of a server, on a thread each, which rest between their requests for as long as chance
 * says.
 */
final class CorpusLoad implements AutoCloseable {

  /** One of them. */
  interface Client extends AutoCloseable {
    /** Asks for something, and waits for all of the answer. */
    void request(SplittableRandom random) throws Exception;

    @Override
    void close() throws IOException;
  }

  /** Makes one. */
  interface Connect {
    Client connect() throws Exception;
  }

  private static final long SEED = 17;
  private static final int WARM_UP = 20;

  private final int clients;
  private final int restMillis;
  private final Connect connect;
  private final Closeable shared;
  private final List<Thread> threads = new ArrayList<>();
  private final LongAdder answers = new LongAdder();
  private volatile boolean isOver;
  private volatile @Nullable Throwable failure;

  /** Up to so many milliseconds are rested, half of it on average. */
  private CorpusLoad(int clients, int restMillis, Connect connect, Closeable shared) {
    this.clients = clients;
    this.restMillis = restMillis;
    this.connect = connect;
    this.shared = shared;
  }

  static CorpusLoad of(CorpusServer.Kind kind, int port) {
    return switch (kind) {
      case HTTP1_SMALL -> new CorpusLoad(16, 60, () -> HttpClient1.small(port), () -> {});
      case HTTP1_LARGE -> new CorpusLoad(8, 300, () -> HttpClient1.large(port), () -> {});
      case SLOW_READERS -> new CorpusLoad(8, 50, () -> HttpClient1.slow(port), () -> {});
      case HTTP2 -> {
        HttpClient2 shared = new HttpClient2(port);
        yield new CorpusLoad(16, 100, shared::newClient, shared);
      }
      case WEBSOCKET_PROXY -> new CorpusLoad(16, 100, () -> new WebSocketClient(port), () -> {});
      case GRPC -> new CorpusLoad(8, 80, () -> new GrpcClient(port), () -> {});
      case REDIS -> new CorpusLoad(16, 160, () -> new RespClient(port), () -> {});
    };
  }

  /** Has one client ask until both sides have loaded their classes, and leave. */
  static void warmUp(CorpusServer.Kind kind, int port) throws Exception {
    SplittableRandom random = new SplittableRandom(0);
    try (CorpusLoad load = of(kind, port);
        Client client = load.connect.connect()) {
      for (int i = 0; i < WARM_UP; i++) {
        client.request(random);
      }
    }
  }

  void start() {
    for (int i = 0; i < clients; i++) {
      SplittableRandom random = new SplittableRandom(SEED + i);
      Thread thread = new Thread(() -> run(random), "corpus-client-" + i);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
  }

  private void run(SplittableRandom random) {
    try (Client client = connect.connect()) {
      while (!isOver) {
        client.request(random);
        answers.increment();
        Thread.sleep(random.nextInt(restMillis));
      }
    } catch (Exception | Error e) { // told by stop
      if (!isOver) {
        failure = e;
      }
    }
  }

  /** Has all of them end, and fails if one has failed before. */
  void stop() throws InterruptedException {
    assertThat(failure).isNull();
    isOver = true;
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(10));
    }
  }

  long answers() {
    return answers.sum();
  }

  @Override
  public void close() throws IOException {
    isOver = true;
    shared.close();
  }
}
