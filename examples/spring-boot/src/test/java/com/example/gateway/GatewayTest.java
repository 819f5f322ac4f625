package com.example.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.netty.FallbackReason;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The application as it is, with the clients of the JDK, which use no Netty, around it. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class GatewayTest {

  @Autowired private LiteByteBufAllocator allocator;
  @LocalServerPort private int port;

  private final HttpClient client = HttpClient.newHttpClient();

  @ParameterizedTest
  @ValueSource(strings = {"/echo", "/web-client", "/rest-client"})
  void directBuffers_ofServerAndClients_areAllFromArenas(String path) throws Exception {
    byte[] body = new byte[100_000];
    new Random(1).nextBytes(body);

    for (int request = 0; request < 20; request++) {
      HttpResponse<byte[]> answer =
          client.send(
              request(path)
                  .header("Content-Type", "application/octet-stream")
                  .POST(BodyPublishers.ofByteArray(body))
                  .build(),
              BodyHandlers.ofByteArray());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(body);
    }

    assertThat(allocated()).isGreaterThan(20L * body.length);
    for (FallbackReason reason : FallbackReason.values()) {
      if (reason != FallbackReason.HEAP) {
        assertThat(allocator.metric().fallbacks(reason)).as("%s", reason).isZero();
      }
    }
    // Nobody has gone past the option: Netty's own default allocator has not one chunk.
    ByteBufAllocatorMetricProvider nettys =
        (ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT;
    assertThat(nettys.metric().usedDirectMemory()).isZero();
  }

  private long allocated() {
    return allocator.metric().arenas().stream()
        .mapToLong(arena -> arena.statistics().allocatedBytes())
        .sum();
  }

  @Test
  void endpoint_read_tellsFiguresAndHolders() throws Exception {
    assertThat(get("/actuator/litealloc"))
        .contains("\"name\":\"gateway\"", "\"maxBytes\":67108864", "\"eventLoop\":\"")
        .contains("\"usedBytes\":", "\"off-loop\":{");
    assertThat(get("/actuator/litealloc/holders")).contains("\"sampling\":", "\"sites\":[");
    assertThat(send(request("/actuator/litealloc/nothing").build()).statusCode()).isEqualTo(404);
  }

  @Test
  void endpoint_write_acts() throws Exception {
    assertThat(post("/actuator/litealloc/sampling", "{\"value\": 10}").body())
        .isEqualTo("{\"sampling\":10}");
    assertThat(allocator.sampling()).isEqualTo(10);
    assertThat(post("/actuator/litealloc/strategy", "{\"value\": \"free-list\"}").body())
        .isEqualTo("{\"strategy\":\"free-list\"}");
    assertThat(allocator.strategy()).isEqualTo("free-list");
    assertThat(post("/actuator/litealloc/trim", "{}").body()).contains("\"done\":true");

    HttpResponse<String> refused =
        post("/actuator/litealloc/strategy", "{\"value\": \"best-fit\"}");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(post("/actuator/litealloc/sampling", "{\"value\": \"x\"}").statusCode())
        .isEqualTo(400);
    assertThat(post("/actuator/litealloc/sampling", "{}").statusCode()).isEqualTo(400);
    assertThat(post("/actuator/litealloc/explode", "{}").statusCode()).isEqualTo(400);
    assertThat(allocator.strategy()).isEqualTo("free-list");
  }

  /** Readiness and liveness know nothing of it. */
  @Test
  void health_tellsThePressure() throws Exception {
    assertThat(get("/actuator/health"))
        .contains("\"litealloc\":{", "\"pressure\":\"normal\"", "\"maxBytes\":67108864");
    assertThat(get("/actuator/health/liveness")).doesNotContain("litealloc");
    assertThat(get("/actuator/health/readiness")).doesNotContain("litealloc");
  }

  @Test
  void meters_areInPrometheus() throws Exception {
    get("/actuator/health"); // some event loop has an arena now
    assertThat(get("/actuator/prometheus"))
        .contains("lite_alloc_info{allocator=\"gateway\"")
        .contains("lite_alloc_allocations_total{allocator=\"gateway\"")
        .contains("lite_alloc_budget_max_bytes{budget=\"gateway\"")
        .contains("event_loop=\"webflux-http-");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, BodyHandlers.ofString());
  }

  private String get(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = send(request(path).build());
    assertThat(answer.statusCode()).as(path).isEqualTo(200);
    return answer.body();
  }

  private HttpResponse<String> post(String path, String json)
      throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build());
  }
}
