package io.github.litealloc.metrics;

import static io.github.litealloc.metrics.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The observer outlives its patient: a process without memory still says what it holds. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ObserverTest {

  @TempDir Path directory;

  private Process process;
  private BufferedReader out;
  private PrintWriter in;
  private int port;

  @BeforeEach
  void start() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx48m", "-XX:MaxDirectMemorySize=24m", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ObserverProbe.class.getName());
    File errors = directory.resolve("errors.txt").toFile();
    process = new ProcessBuilder(command).redirectError(errors).start();
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    in = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    port = Integer.parseInt(out.readLine().substring("port ".length()));
  }

  @AfterEach
  void end() throws Exception {
    in.close();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }

  private void tell(String command) throws IOException {
    in.println(command);
    assertThat(out.readLine()).isEqualTo("done");
  }

  private static String firstSnapshotTime(int port) {
    try {
      String text = RawHttp.get(port, "/api/v1/history").text();
      return text.substring(text.lastIndexOf("],["));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void assertAllIsServed() throws Exception {
    for (String path : new String[] {"/metrics", "/api/v1/snapshot", "/chart.js", "/"}) {
      RawHttp.Response response = RawHttp.get(port, path);
      assertThat(response.status()).as(path).isEqualTo(200);
      assertThat(response.body())
          .as(path)
          .hasSize(Integer.parseInt(response.header("content-length")));
    }
  }

  @Test
  void dashboard_allDirectMemoryTaken_answersEverything() throws Exception {
    tell("direct");
    for (int i = 0; i < 5; i++) {
      assertAllIsServed();
    }
  }

  @Test
  void dashboard_heapFullForAWhile_answersAndTicksAgain() throws Exception {
    List<Socket> streams = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Socket stream = RawHttp.connect(port);
      RawHttp.write(stream, "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
      streams.add(stream);
    }
    for (int round = 0; round < 3; round++) {
      Thread scraper = new Thread(this::scrapeWhatComes);
      scraper.start();
      tell("heap");
      scraper.join();
    }
    eventually(this::assertAllIsServed);
    String before = firstSnapshotTime(port);
    eventually(() -> assertThat(firstSnapshotTime(port)).isNotEqualTo(before));
    for (Socket stream : streams) {
      stream.close();
    }
  }

  private void scrapeWhatComes() {
    for (int i = 0; i < 30; i++) {
      try {
        RawHttp.get(port, "/metrics");
      } catch (IOException | AssertionError | RuntimeException e) {
        // The process has no memory at this moment.
      }
    }
  }
}
