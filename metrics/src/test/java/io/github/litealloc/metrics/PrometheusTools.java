package io.github.litealloc.metrics;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Prometheus and its promtool, from Debian's package prometheus. */
final class PrometheusTools {

  static final Path PROMTOOL = Path.of("/usr/bin/promtool");
  private static final Path PROMETHEUS = Path.of("/usr/bin/prometheus");
  private static final ObjectMapper JSON = new ObjectMapper();

  private PrometheusTools() {}

  /** Skips the test where there is none, except in CI, where it fails. */
  static void assumeInstalled() {
    if (Files.isExecutable(PROMETHEUS) && Files.isExecutable(PROMTOOL)) {
      return;
    }
    String missing =
        "no Prometheus: "
            + PROMETHEUS
            + " and "
            + PROMTOOL
            + " are needed (apt-get install --no-install-recommends prometheus)";
    if ("true".equals(System.getenv("CI"))) {
      throw new IllegalStateException(missing);
    }
    System.out.println("Skipping the test of rules and board: " + missing);
    assumeTrue(false, missing);
  }

  /** A file that comes in our jar. */
  static String shipped(String name) throws IOException {
    return resource("/META-INF/lite-alloc/" + name);
  }

  static String resource(String name) throws IOException {
    try (var in = PrometheusTools.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException(name + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** What a command says, and how it ended. */
  record Result(int status, String output) {}

  static Result run(Path directory, String... command) throws Exception {
    File output = directory.resolve("output.txt").toFile();
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output)
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException(List.of(command) + " does not end");
    }
    return new Result(process.exitValue(), Files.readString(output.toPath()));
  }

  /** A Prometheus of our own, on the loopback address. */
  static final class Server implements AutoCloseable {
    private final Process process;
    private final String url;
    private final HttpClient client = HttpClient.newHttpClient();

    /** Starts one with the given configuration, which lies in an empty directory. */
    Server(Path directory, String config) throws Exception {
      Files.writeString(directory.resolve("prometheus.yml"), config);
      int port;
      try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = free.getLocalPort();
      }
      url = "http://127.0.0.1:" + port;
      process =
          new ProcessBuilder(
                  PROMETHEUS.toString(),
                  "--config.file=prometheus.yml",
                  "--storage.tsdb.path=data",
                  "--web.listen-address=127.0.0.1:" + port)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("prometheus.log").toFile())
              .start();
      Eventually.eventually(
          () -> {
            if (get("/-/ready").statusCode() != 200) {
              throw new AssertionError(Files.readString(directory.resolve("prometheus.log")));
            }
          });
    }

    private HttpResponse<String> get(String path) {
      try {
        return client.send(
            HttpRequest.newBuilder(URI.create(url + path)).build(),
            HttpResponse.BodyHandlers.ofString());
      } catch (IOException e) {
        throw new AssertionError(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    JsonNode api(String path) throws IOException {
      JsonNode answer = JSON.readTree(get("/api/v1/" + path).body());
      if (!answer.path("status").asText().equals("success")) {
        throw new AssertionError(path + ": " + answer);
      }
      return answer.path("data");
    }

    /** The series that a query answers with. */
    JsonNode query(String query) throws IOException {
      return api("query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8)).path("result");
    }

    @Override
    public void close() {
      process.destroy();
      try {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
