package io.github.litealloc.benchmarks.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.Main;
import io.github.litealloc.benchmarks.record.Corpus;
import io.github.litealloc.benchmarks.record.Recordings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Records the standard corpus anew, each server in a JVM of its own, under a load from this one,
 * for three seconds each, with the command {@code record}. Run only where it is named, {@code
 * -Dtest=CorpusRecording}; some 40 seconds. {@code -Dlitealloc.corpus=FOLDER} writes elsewhere than
 * among the resources.
 */
final class CorpusRecording {

  private static final Path RESOURCES =
      Path.of("src/main/resources", Corpus.class.getPackageName().replace('.', '/'), "corpus");
  private static final int SECONDS = 3;
  private static final int MAX_FILE_BYTES = 80 << 10;

  @ParameterizedTest
  @EnumSource
  void record(CorpusServer.Kind kind) throws Exception {
    Path folder = Path.of(System.getProperty("litealloc.corpus", RESOURCES.toString()));
    Path file = Files.createDirectories(folder).resolve(kind.id() + ".litealloc");
    CountDownLatch recording = new CountDownLatch(1);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int backPort =
        kind == CorpusServer.Kind.WEBSOCKET_PROXY ? CorpusServer.listen(WebSocketProxy.echo()) : 0;
    try (ServerProcess server = ServerProcess.start(kind, backPort);
        CorpusLoad load = CorpusLoad.of(kind, server.port())) {
      CorpusLoad.warmUp(kind, server.port());
      CompletableFuture<Integer> record =
          CompletableFuture.supplyAsync(
              () ->
                  Main.execute(
                      new PrintWriter(out),
                      new PrintWriter(watching(err, recording)),
                      "record",
                      String.valueOf(server.pid()),
                      "--duration=" + SECONDS + 's',
                      "--out=" + file));
      assertThat(recording.await(1, TimeUnit.MINUTES)).as(err.toString()).isTrue();
      load.start();
      assertThat(record.get(2, TimeUnit.MINUTES)).as(err.toString()).isZero();
      load.stop();
      assertThat(load.answers()).isPositive();
    }
    System.out.printf("%s%n%s%n", kind.id(), out);
    assertThat(Files.size(file)).isLessThan(MAX_FILE_BYTES);
    assertThat(Recordings.read(file).events()).isGreaterThan(1_000);
    assertThat(Corpus.NAMES).contains(kind.id());
  }

  /** The command says when it has begun. */
  private static Writer watching(StringWriter err, CountDownLatch recording) {
    return new Writer() {
      @Override
      public void write(char[] text, int from, int length) {
        err.write(text, from, length);
        if (err.toString().contains("recording process")) {
          recording.countDown();
        }
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }
}
