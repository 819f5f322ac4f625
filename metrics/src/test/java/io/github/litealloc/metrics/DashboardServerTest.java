package io.github.litealloc.metrics;

import static io.github.litealloc.metrics.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.netty.LiteAllocatorMetric;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.github.litealloc.netty.OffLoopPolicy;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBuf;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class DashboardServerTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder()
          .name("a")
          .maxBytes(8 << 20)
          .offLoop(OffLoopPolicy.FALLBACK)
          .build();
  private final TestLoop loop = new TestLoop("loop-1");
  private final DashboardServer server = DashboardServer.builder().allocator(allocator).start();
  private final int port = server.uri().getPort();

  @AfterEach
  void close() {
    server.close();
    loop.close();
    allocator.close();
  }

  private static void assertSafe(RawHttp.Response response) {
    assertThat(response.header("content-security-policy"))
        .contains("default-src 'none'", "script-src 'self'", "require-trusted-types-for 'script'");
    assertThat(response.header("x-content-type-options")).isEqualTo("nosniff");
    assertThat(response.header("referrer-policy")).isEqualTo("no-referrer");
    assertThat(response.header("cross-origin-opener-policy")).isEqualTo("same-origin");
    assertThat(response.header("cross-origin-resource-policy")).isEqualTo("same-origin");
    assertThat(response.header("cache-control")).isEqualTo("no-store");
    assertThat(response.headers())
        .doesNotContainKeys("access-control-allow-origin", "set-cookie", "server");
  }

  @Test
  void uri_started_isOnTheLoopbackAddress() {
    assertThat(server.uri().toString()).matches("http://127\\.0\\.0\\.1:\\d+/");
  }

  @Test
  void get_everyPath_isServedSafely() throws Exception {
    Map<String, String> types =
        Map.of(
            "/", "text/html; charset=utf-8",
            "/app.js", "text/javascript; charset=utf-8",
            "/chart.js", "text/javascript; charset=utf-8",
            "/app.css", "text/css; charset=utf-8",
            "/icon.svg", "image/svg+xml",
            "/metrics", "text/plain; version=0.0.4; charset=utf-8",
            "/api/v1/snapshot", "application/json; charset=utf-8",
            "/api/v1/history?x=y", "application/json; charset=utf-8");
    for (Map.Entry<String, String> path : types.entrySet()) {
      RawHttp.Response response = RawHttp.get(port, path.getKey());
      assertThat(response.status()).as(path.getKey()).isEqualTo(200);
      assertThat(response.header("content-type")).isEqualTo(path.getValue());
      assertThat(response.body()).isNotEmpty();
      assertThat(response.header("content-length")).isEqualTo("" + response.body().length);
      assertSafe(response);
    }
  }

  @Test
  void page_everyFileItNames_isServed() throws Exception {
    String page = RawHttp.get(port, "/").text();
    assertThat(page).doesNotContain("http:", "https:", "style=", "onclick=");
    var links = java.util.regex.Pattern.compile("(?:src|href)=\"(/[^\"]*)\"").matcher(page);
    int found = 0;
    while (links.find()) {
      assertThat(RawHttp.get(port, links.group(1)).status()).as(links.group(1)).isEqualTo(200);
      found++;
    }
    assertThat(found).isGreaterThanOrEqualTo(6);
  }

  @Test
  void head_page_hasTheLengthAndNoBody() throws Exception {
    RawHttp.Response head = RawHttp.send(port, RawHttp.request("HEAD", "/", port));
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(Integer.parseInt(head.header("content-length")))
        .isEqualTo(RawHttp.get(port, "/").body().length);
    RawHttp.Response stream = RawHttp.send(port, RawHttp.request("HEAD", "/api/v1/stream", port));
    assertThat(stream.header("content-type")).startsWith("text/event-stream");
  }

  @Test
  void request_unknownPath_isNotFound() throws Exception {
    RawHttp.Response response = RawHttp.get(port, "/../etc/passwd");
    assertThat(response.status()).isEqualTo(404);
    assertSafe(response);
  }

  @Test
  void request_otherMethods_areRefusedWithAllow() throws Exception {
    for (String method : new String[] {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"}) {
      RawHttp.Response response = RawHttp.send(port, RawHttp.request(method, "/", port));
      assertThat(response.status()).as(method).isEqualTo(405);
      assertThat(response.header("allow")).isEqualTo("GET, HEAD");
      assertSafe(response);
    }
  }

  @Test
  void request_otherHost_isMisdirected() throws Exception {
    for (String host :
        new String[] {
          "evil.example",
          "evil.example:" + port,
          "127.0.0.1.evil:" + port,
          "127.0.0.1:evil.example",
          "localhost.",
          "127.0.0.1:1:2",
          ""
        }) {
      RawHttp.Response response = RawHttp.get(port, "/api/v1/snapshot", "Host: " + host);
      assertThat(response.status()).as(host).isEqualTo(421);
      assertThat(response.text()).contains("127.0.0.1", "localhost").doesNotContain("allocators");
      assertSafe(response);
    }
    assertThat(RawHttp.send(port, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n").status())
        .isEqualTo(421);
    for (String host : new String[] {"localhost:", "LOCALHOST:", "[::1]:"}) {
      assertThat(RawHttp.get(port, "/", "Host: " + host + port).status()).isEqualTo(200);
    }
    // As through ssh -L 8080:127.0.0.1:9400 or kubectl port-forward 8080:9400.
    for (String host : new String[] {"127.0.0.1:8080", "localhost:8080", "localhost", "[::1]"}) {
      assertThat(RawHttp.get(port, "/", "Host: " + host).status()).as(host).isEqualTo(200);
    }
  }

  @Test
  void request_fromAnotherSite_isForbidden() throws Exception {
    for (String site : new String[] {"cross-site", "same-site", "anything"}) {
      RawHttp.Response response = RawHttp.get(port, "/metrics", "Sec-Fetch-Site: " + site);
      assertThat(response.status()).as(site).isEqualTo(403);
      assertSafe(response);
    }
    String[] link = {
      "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"
    };
    assertThat(RawHttp.get(port, "/", link).status()).as("a link that was followed").isEqualTo(200);
    link[2] = "Sec-Fetch-Dest: iframe";
    assertThat(RawHttp.get(port, "/", link).status()).as("a frame").isEqualTo(403);
    link[1] = "Sec-Fetch-Mode: no-cors";
    assertThat(RawHttp.get(port, "/api/v1/snapshot", link).status()).isEqualTo(403);
    for (String site : new String[] {"none", "same-origin"}) {
      assertThat(RawHttp.get(port, "/", "Sec-Fetch-Site: " + site).status()).isEqualTo(200);
    }
  }

  @Test
  void request_tooLong_isRefused() throws Exception {
    assertThat(RawHttp.get(port, "/" + "x".repeat(3_000)).status()).isEqualTo(400);
    assertThat(RawHttp.get(port, "/", "X-Long: " + "x".repeat(10_000)).status()).isEqualTo(400);
    assertThat(RawHttp.send(port, "GET / NONSENSE\r\n\r\n").status()).isEqualTo(400);
  }

  @Test
  void request_withBody_isRefused() throws Exception {
    assertThat(RawHttp.get(port, "/", "Content-Length: 5").status()).isEqualTo(413);
    assertThat(RawHttp.get(port, "/", "Transfer-Encoding: chunked").status()).isEqualTo(413);
  }

  @Test
  void metrics_openMetricsAsked_isOpenMetrics() throws Exception {
    RawHttp.Response response =
        RawHttp.get(port, "/metrics", "Accept: application/openmetrics-text;version=1.0.0");
    assertThat(response.header("content-type"))
        .isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertThat(response.text()).endsWith("# EOF\n");
  }

  @Test
  void metrics_accept_isWeighed() throws Exception {
    Map<String, Boolean> wantsOpenMetrics =
        Map.of(
            "text/plain;q=0.9,application/openmetrics-text;q=0.1",
            false,
            "application/openmetrics-text;q=0",
            false,
            "application/openmetrics-text; q=0.0, */*",
            false,
            "application/openmetrics-text;q=nonsense",
            false,
            "text/plain",
            false,
            "*/*",
            false,
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
                + "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            true,
            "application/openmetrics-text;q=0.5,text/plain;q=0.4",
            true,
            "APPLICATION/OpenMetrics-Text",
            true,
            ",;,=, ; application/openmetrics-text, ;;",
            false);
    wantsOpenMetrics.forEach(
        (accept, isOpenMetrics) ->
            assertThat(metricsType("Accept: " + accept).contains("openmetrics"))
                .as(accept)
                .isEqualTo(isOpenMetrics));
    assertThat(metricsType("Accept: text/plain;q=0.1", "Accept: application/openmetrics-text"))
        .contains("openmetrics");
  }

  private String metricsType(String... headers) {
    try {
      return RawHttp.get(port, "/metrics", headers).header("content-type");
    } catch (java.io.IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void request_absoluteTarget_isAnswered() throws Exception {
    String target = "http://127.0.0.1:" + port;
    assertThat(RawHttp.get(port, target + "/metrics?x").status()).isEqualTo(200);
    assertThat(RawHttp.get(port, target).status()).isEqualTo(200);
    assertThat(RawHttp.get(port, target + "/nothing").status()).isEqualTo(404);
  }

  @Test
  void stream_http10_isNotChunked() throws Exception {
    try (java.net.Socket socket = RawHttp.connect(port)) {
      RawHttp.write(socket, "GET /api/v1/stream HTTP/1.0\r\nHost: localhost\r\n\r\n");
      assertThat(RawHttp.readHead(socket.getInputStream()).toLowerCase(java.util.Locale.ROOT))
          .doesNotContain("transfer-encoding");
      byte[] start = "retry: 2000\nid: ".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      assertThat(socket.getInputStream().readNBytes(start.length)).isEqualTo(start);
    }
  }

  @Test
  void snapshot_process_saysWhich() throws Exception {
    JsonNode process = JSON.readTree(RawHttp.get(port, "/api/v1/snapshot").text()).path("process");
    assertThat(process.path("application").asText()).isNotBlank();
    assertThat(process.path("host").asText()).isNotBlank();
    try (DashboardServer named =
        DashboardServer.builder().allocator(allocator).application("gateway").start()) {
      process =
          JSON.readTree(RawHttp.get(named.uri().getPort(), "/api/v1/snapshot").text())
              .path("process");
      assertThat(process.path("application").asText()).isEqualTo("gateway");
    }
  }

  @Test
  void snapshot_budgetsOfOneName_areToldApart() throws Exception {
    try (LiteByteBufAllocator b =
            LiteByteBufAllocator.builder()
                .name("b")
                .budget(MemoryBudget.of(allocator.metric().budget().name(), 1 << 20))
                .build();
        DashboardServer both =
            DashboardServer.builder().allocator(allocator).allocator(b).start()) {
      JsonNode snapshot =
          JSON.readTree(RawHttp.get(both.uri().getPort(), "/api/v1/snapshot").text());
      String name = allocator.metric().budget().name();
      for (int i = 0; i < 2; i++) {
        String expected = i == 0 ? name : name + "-2";
        assertThat(snapshot.path("budgets").path(i).path("name").asText()).isEqualTo(expected);
        assertThat(snapshot.path("allocators").path(i).path("budget").asText()).isEqualTo(expected);
      }
    }
  }

  @Test
  void name_ofAnAllocatorThatIsShown_isNotGivenAway() {
    allocator.close();
    try (LiteByteBufAllocator second = LiteByteBufAllocator.builder().name("a").build()) {
      assertThat(second.name()).isEqualTo("a-2");
    }
    server.close();
    try (LiteByteBufAllocator third = LiteByteBufAllocator.builder().name("a").build()) {
      assertThat(third.name()).isEqualTo("a");
    }
  }

  @Test
  void metrics_userRegistry_isShownAsItIs() throws Exception {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry.counter("my.own").increment();
    try (DashboardServer other =
        DashboardServer.builder().allocator(allocator).registry(registry).start()) {
      assertThat(RawHttp.get(other.uri().getPort(), "/metrics").text())
          .contains("my_own_total 1.0")
          .doesNotContain("lite_alloc");
      try (LiteAllocMetrics metrics = new LiteAllocMetrics(allocator)) {
        metrics.bindTo(registry);
        assertThat(RawHttp.get(other.uri().getPort(), "/metrics").text())
            .contains("my_own_total 1.0")
            .contains("lite_alloc_info");
      }
    }
    assertThat(registry.getMeters()).hasSize(1);
  }

  @Test
  void map_ofAnEventLoop_comesWhenTheLoopHasDrawnIt() throws Exception {
    ByteBuf buffer = loop.call(() -> allocator.directBuffer(1_000));
    String path = "/api/v1/map?allocator=a&eventLoop=loop-1";
    assertThat(JSON.readTree(RawHttp.get(port, path).text()).path("state").asText())
        .isIn("asked", "ready");
    eventually(
        () ->
            assertThat(JSON.readTree(RawHttp.get(port, path).text()).path("state").asText())
                .isEqualTo("ready"));
    JsonNode map = JSON.readTree(RawHttp.get(port, path).text());
    assertThat(map.path("chunks")).hasSize(1);
    JsonNode chunk = map.path("chunks").path(0);
    assertThat(chunk.path("cells").asText()).hasSize(128).contains("#");
    assertThat(chunk.path("liveBuffers").asInt()).isEqualTo(1);
    assertThat(chunk.path("oldest").path(0).path("capacityBytes").asInt()).isEqualTo(1_000);
    loop.release(buffer);

    assertThat(RawHttp.get(port, "/api/v1/map").status()).isEqualTo(404);
    assertThat(RawHttp.get(port, "/api/v1/map?allocator=nobody&eventLoop=loop-1").status())
        .isEqualTo(404);
    JsonNode none =
        JSON.readTree(RawHttp.get(port, "/api/v1/map?allocator=a&eventLoop=nobody").text());
    assertThat(none.path("state").asText()).isEqualTo("none");
  }

  @Test
  void map_ofALoopThatDoesNotTurn_isAskedForOnceAndWaitsForNothing() throws Exception {
    ByteBuf buffer = loop.call(() -> allocator.directBuffer(1_000));
    java.util.concurrent.CountDownLatch goOn = new java.util.concurrent.CountDownLatch(1);
    loop.submit(
        () -> {
          try {
            goOn.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    String path = "/api/v1/map?allocator=a&eventLoop=loop-1";
    for (int i = 0; i < 20; i++) {
      assertThat(JSON.readTree(RawHttp.get(port, path).text()).path("state").asText())
          .isEqualTo("asked");
    }
    goOn.countDown();
    eventually(
        () ->
            assertThat(JSON.readTree(RawHttp.get(port, path).text()).path("state").asText())
                .isEqualTo("ready"));
    loop.release(buffer);
  }

  @Test
  void snapshot_afterTraffic_equalsTheStatistics() throws Exception {
    ByteBuf buffer = loop.call(() -> allocator.directBuffer(1_000));
    allocator.directBuffer(77).release();
    allocator.heapBuffer(55).release();
    // Older snapshots must be too old to be shown again.
    Thread.sleep(250);
    RawHttp.Response response = RawHttp.get(port, "/api/v1/snapshot");
    JsonNode snapshot = JSON.readTree(response.text());

    LiteAllocatorMetric metric = allocator.metric();
    ArenaStatistics statistics = metric.arenas().get(0).statistics();
    assertThat(snapshot.path("time").asLong()).isCloseTo(now(), within(5_000));
    assertThat(snapshot.path("process").path("pid").asLong())
        .isEqualTo(ProcessHandle.current().pid());
    assertThat(snapshot.path("verdict").path("level").asText()).isNotEmpty();
    JsonNode of = snapshot.path("allocators").path(0);
    assertThat(of.path("name").asText()).isEqualTo("a");
    assertThat(of.path("strategy").asText()).isEqualTo(allocator.strategy());
    assertThat(of.path("reservedBytes").asLong()).isEqualTo(metric.reservedBytes());
    assertThat(of.path("pinnedBytes").asLong()).isEqualTo(metric.pinnedBytes());
    assertThat(of.path("usedBytes").asLong()).isEqualTo(metric.usedBytes()).isPositive();
    assertThat(of.path("requestedBytes").asLong()).isEqualTo(1_000);
    assertThat(of.path("liveBlocks").asLong()).isEqualTo(metric.liveBuffers()).isEqualTo(1);
    assertThat(of.path("fallbacks").path("off-loop").asLong()).isEqualTo(1);
    assertThat(of.path("fallbackBytes").path("heap").asLong()).isEqualTo(55);
    assertThat(of.path("failures").asLong()).isZero();
    for (String figure : List.of("elsewhereBytes", "elsewhereBuffers", "liveHeapBuffers")) {
      assertThat(of.path(figure).asLong(-1)).as(figure).isZero();
    }
    assertThat(of.path("passThrough").asBoolean(true)).isFalse();
    assertThat(snapshot.path("totals").path("heapRequests").asLong()).isEqualTo(1);
    assertThat(snapshot.path("eventLoops")).hasSize(1);
    JsonNode row = snapshot.path("eventLoops").path(0);
    assertThat(row.path("eventLoop").asText()).isEqualTo("loop-1");
    assertThat(row.path("orphaned").asBoolean(true)).isFalse();
    assertThat(row.path("peakUsedBytes").asLong()).isEqualTo(statistics.peakUsedBytes());
    assertThat(row.path("allocations").asLong()).isEqualTo(statistics.allocations());
    JsonNode budget = snapshot.path("budgets").path(0);
    assertThat(budget.path("name").asText()).isEqualTo(metric.budget().name());
    assertThat(budget.path("maxBytes").asLong()).isEqualTo(8 << 20);
    assertThat(budget.path("reservedBytes").asLong()).isEqualTo(metric.budget().reservedBytes());
    assertThat(snapshot.path("totals").path("usedBytes").asLong()).isEqualTo(metric.usedBytes());
    loop.release(buffer);
  }

  private static long now() {
    return System.currentTimeMillis();
  }

  private static org.assertj.core.data.Offset<Long> within(long millis) {
    return org.assertj.core.data.Offset.offset(millis);
  }

  @Test
  void snapshot_severalAllocators_showsAllAndEachBudgetOnce() throws Exception {
    var budget = allocator.metric().budget();
    try (LiteByteBufAllocator b = LiteByteBufAllocator.builder().name("b").budget(budget).build();
        DashboardServer both =
            DashboardServer.builder().allocator(allocator).allocator(b).start()) {
      JsonNode snapshot =
          JSON.readTree(RawHttp.get(both.uri().getPort(), "/api/v1/snapshot").text());
      assertThat(snapshot.path("allocators").findValuesAsText("name")).containsExactly("a", "b");
      assertThat(snapshot.path("budgets")).hasSize(1);
    }
  }

  @Test
  void history_eachSecond_getsARowOfAllSeries() throws Exception {
    Eventually.eventually(
        () -> {
          JsonNode history = JSON.readTree(RawHttp.get(port, "/api/v1/history").text());
          assertThat(history.path("rows").size()).isGreaterThanOrEqualTo(2);
          int time = 0;
          assertThat(history.path("series").path(time).asText()).isEqualTo("time");
          for (JsonNode row : history.path("rows")) {
            assertThat(row).hasSameSizeAs(history.path("series"));
          }
          long first = history.path("rows").path(0).path(time).asLong();
          long second = history.path("rows").path(1).path(time).asLong();
          assertThat(second - first).isBetween(500L, 5_000L);
        });
  }

  @Test
  void start_portInUse_saysWhichAndWhatToDo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      DashboardServer.Builder builder =
          DashboardServer.builder().allocator(allocator).port(taken.getLocalPort());
      assertThatThrownBy(builder::start)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("port: " + taken.getLocalPort())
          .hasMessageContaining("free")
          .hasMessageContaining("0 takes any");
    }
  }

  @Test
  void close_twice_freesThePortAndEndsTheThread() throws Exception {
    server.close();
    server.close();
    assertThatThrownBy(() -> RawHttp.get(port, "/")).isInstanceOf(ConnectException.class);
    try (DashboardServer again =
        DashboardServer.builder().allocator(allocator).port(port).start()) {
      assertThat(RawHttp.get(port, "/").status()).isEqualTo(200);
      assertThat(again.uri()).isEqualTo(server.uri());
    }
    Eventually.eventually(
        () ->
            assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("lite-alloc-dashboard")));
  }

  @Test
  void server_itsOwnWork_takesNoMemoryFromTheAllocator() throws Exception {
    for (int i = 0; i < 20; i++) {
      RawHttp.get(port, "/metrics");
    }
    assertThat(allocator.metric().arenas()).isEmpty();
    assertThat(allocator.metric().usedDirectMemory()).isZero();
  }
}
