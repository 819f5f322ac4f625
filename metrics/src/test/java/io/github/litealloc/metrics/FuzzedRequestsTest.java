package io.github.litealloc.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.netty.LiteByteBufAllocator;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What is hardly HTTP any more, sent to the dashboard: {@code
 * -Dlitealloc.dashboard.fuzzedRequests=100000} sends that many.
 */
final class FuzzedRequestsTest {

  private static final int REQUESTS =
      Integer.getInteger("litealloc.dashboard.fuzzedRequests", 1_000);

  private static final int CHECKED_EACH = 100;

  /** With all headers that each answer must have. */
  private static final int HEAD_BYTES = 2_000;

  private static final List<String> PATHS =
      List.of(
          "/",
          "/app.js",
          "/metrics",
          "/api/v1/snapshot",
          "/api/v1/history",
          "/api/v1/stream",
          "/api/v1/map?allocator=fuzzed&eventLoop=striped-0",
          "http://127.0.0.1/metrics",
          "/../../etc/passwd",
          "/%2e%2e/%00",
          "*");

  private static final List<String> HEADERS =
      List.of(
          "Accept: text/plain;q=0.9,application/openmetrics-text;q=0",
          "Accept: */*;q=x,,;=",
          "Accept-Encoding: gzip",
          "Connection: keep-alive",
          "Connection: upgrade",
          "Content-Length: 5",
          "Content-Length: -1",
          "Transfer-Encoding: chunked",
          "Expect: 100-continue",
          "Host: evil.example",
          "Host:",
          "Origin: http://evil.example",
          "Sec-Fetch-Site: cross-site",
          "Last-Event-ID: 18446744073709551616",
          "Range: bytes=0-1",
          " folded: line",
          "X: " + "x".repeat(9_000));

  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "OPTIONS", "TRACE", "CONNECT", "GET\t", "get", "PRI");

  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder().name("fuzzed").maxBytes(4 << 20).build();
  private final DashboardServer server = DashboardServer.builder().allocator(allocator).start();
  private final Random random = new Random(REQUESTS);

  @AfterEach
  void close() {
    server.close();
    allocator.close();
  }

  @Test
  void requests_thatAreHardlyHttp_getASafeAnswerOrNoneAndHarmNobody() throws Exception {
    int port = server.uri().getPort();
    int answered = 0;
    for (int i = 1; i <= REQUESTS; i++) {
      String request = request(port);
      String answer = send(port, request);
      if (!answer.isEmpty()) {
        answered++;
        assertThat(answer).as("to request %s: %s", i, request).startsWith("HTTP/1.1 ");
        assertThat(RawHttp.status(answer)).as("to request %s: %s", i, request).isNotEqualTo(500);
        assertThat(answer).contains("content-security-policy: default-src 'none'");
        assertThat(answer).doesNotContain("access-control-allow-origin");
      }
      if (i % CHECKED_EACH == 0) {
        assertThat(RawHttp.get(port, "/api/v1/snapshot").status()).as("after %s", i).isEqualTo(200);
      }
    }
    // Most are still understood, or this would try nothing but the parser.
    assertThat(answered).isGreaterThan(REQUESTS / 4);
    assertThat(RawHttp.get(port, "/metrics").text()).contains("lite_alloc_info");
  }

  private String request(int port) {
    StringBuilder text = new StringBuilder();
    int requests = 1 + random.nextInt(3);
    for (int i = 0; i < requests; i++) {
      text.append(any(METHODS)).append(' ').append(any(PATHS)).append(" HTTP/1.");
      text.append(random.nextInt(3)).append("\r\n");
      if (random.nextInt(8) != 0) {
        text.append("Host: 127.0.0.1:").append(port).append("\r\n");
      }
      for (int header = random.nextInt(4); header > 0; header--) {
        text.append(any(HEADERS)).append("\r\n");
      }
      text.append("\r\n");
    }
    for (int change = random.nextInt(4); change > 0; change--) {
      change(text);
    }
    return text.toString();
  }

  private String any(List<String> texts) {
    // The first ones are more likely: the rest is mostly refused at once.
    return texts.get(random.nextInt(1 + random.nextInt(texts.size())));
  }

  private void change(StringBuilder text) {
    int at = random.nextInt(text.length());
    switch (random.nextInt(4)) {
      case 0 -> text.setCharAt(at, (char) random.nextInt(256));
      case 1 -> text.deleteCharAt(at);
      case 2 -> text.insert(at, (char) random.nextInt(256));
      default -> text.insert(at, text.substring(at, Math.min(text.length(), at + 20)));
    }
  }

  /** Returns the head of the first answer, or nothing if the server has just gone. */
  private static String send(int port, String request) throws IOException {
    try (Socket socket = RawHttp.connect(port)) {
      RawHttp.write(socket, request);
      socket.shutdownOutput();
      byte[] head = socket.getInputStream().readNBytes(HEAD_BYTES);
      return new String(head, StandardCharsets.ISO_8859_1);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("neither answered nor closed: " + request, e);
    } catch (IOException e) {
      return ""; // it may close while we send, or before we have read
    }
  }
}
