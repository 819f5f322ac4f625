package io.github.litealloc.benchmarks.demo.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.MeasuredAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server as a client sees it that is not ours. */
class DemoServerTest {

  private static final int DEFAULT_BODY = 777;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private MeasuredAllocator allocator;
  private DemoServer server;

  @BeforeEach
  void start() {
    allocator = MeasuredAllocator.open(Candidate.lite("hybrid"), "test");
    server = new DemoServer(allocator.allocator(), 1, 0, DEFAULT_BODY);
  }

  @AfterEach
  void stopAndCheckBuffers() {
    server.close();
    assertThat(allocator.usedBytes()).hasValue(0);
    assertThat(server.figures().errors().firstFew()).isEmpty();
    allocator.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.uri().resolve(path));
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1_000, 100_000, 3_000_000})
  void get_size_isThatManyBytesOfThePattern(int size) throws Exception {
    HttpResponse<byte[]> response = send(request("/?seed=9&size=" + size));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).hasSize(size);
    assertThat(BodyPattern.countWrong(Unpooled.wrappedBuffer(response.body()), 9, 0)).isZero();
  }

  @Test
  void get_noSize_isTheDefault() throws Exception {
    assertThat(send(request("/")).body()).hasSize(DEFAULT_BODY);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1_000, 3_000_000})
  void post_body_comesBack(int size) throws Exception {
    byte[] body = new byte[size];
    new Random(size).nextBytes(body);

    HttpResponse<byte[]> response =
        send(request("/").header("x-request-id", "7").POST(BodyPublishers.ofByteArray(body)));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(body);
    assertThat(response.headers().firstValue("x-request-id")).hasValue("7");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /?size=-1, 400",
    "GET, /?size=99999999999, 400",
    "GET, /?size=much, 400",
    "GET, /favicon.ico, 404",
    "DELETE, /, 405"
  })
  void request_unusable_isRefusedAndTheConnectionGoesOn(String method, String path, int status)
      throws Exception {
    HttpRequest.Builder request = request(path).method(method, BodyPublishers.noBody());

    assertThat(send(request).statusCode()).isEqualTo(status);
    assertThat(send(request("/?size=3")).body()).hasSize(3);
  }

  @Test
  void start_portInUse_saysWhichAndWhy() {
    int port = server.address().getPort();

    assertThatThrownBy(() -> new DemoServer(allocator.allocator(), 1, port, 0))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("127.0.0.1:" + port)
        .hasMessageContaining("in use");
  }
}
