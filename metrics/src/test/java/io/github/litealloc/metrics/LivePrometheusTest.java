package io.github.litealloc.metrics;

import static io.github.litealloc.metrics.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.litealloc.Hardening;
import io.github.litealloc.MemoryViolationException;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.netty.ExhaustionPolicy;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.github.litealloc.netty.OffLoopPolicy;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real servers that do well and badly, a real Prometheus that scrapes them, and the rules and the
 * board as they are shipped; but a minute of the rules is a second here.
 */
final class LivePrometheusTest {

  private static final Pattern TIME = Pattern.compile("\\b(\\d+)([mh])\\b");

  /** The longest time that an alert of this test holds before it fires, and some more. */
  private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(120);

  private static final int HEALTHY_LOOPS = 64;

  @TempDir Path directory;

  private final List<AutoCloseable> resources = new ArrayList<>();
  private final List<ByteBuf> held = new ArrayList<>();
  private final List<TestLoop> healthyLoops = new ArrayList<>();

  /** What has ended traffic that should go on to the end. */
  private final List<Throwable> brokenTraffic = new CopyOnWriteArrayList<>();

  private volatile boolean stopped;

  @BeforeAll
  static void findPrometheus() {
    PrometheusTools.assumeInstalled();
  }

  private <T extends AutoCloseable> T closing(T resource) {
    resources.add(0, resource);
    return resource;
  }

  @AfterEach
  void close() throws Exception {
    stopped = true;
    for (AutoCloseable resource : resources) {
      resource.close();
    }
    for (ByteBuf buffer : held) {
      buffer.release();
    }
  }

  /**
   * The rules with minutes for hours, and seconds for minutes; those about leaks, which look back
   * for two and a half hours, ten times as quick.
   */
  private static String quickRules() throws Exception {
    String[] rules = PrometheusTools.shipped("prometheus/lite-alloc.rules.yml").split("(?=\n +- )");
    for (int i = 0; i < rules.length; i++) {
      int millisOfMinute = rules[i].contains("live_buffers") ? 100 : 1_000;
      rules[i] =
          TIME.matcher(rules[i])
              .replaceAll((MatchResult time) -> millis(time, millisOfMinute) + "ms");
    }
    return String.join("", rules);
  }

  private static long millis(MatchResult time, int ofMinute) {
    return Long.parseLong(time.group(1)) * ofMinute * (time.group(2).equals("h") ? 60 : 1);
  }

  private static String config(DashboardServer... servers) {
    StringBuilder config =
        new StringBuilder(
            """
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: [rules.yml]
            scrape_configs:
            """);
    String[] jobs = {"healthy", "sick", "lost", "keeping"};
    for (int i = 0; i < servers.length; i++) {
      config
          .append("  - job_name: ")
          .append(jobs[i])
          .append("\n    static_configs: [{targets: ['127.0.0.1:")
          .append(servers[i].uri().getPort())
          .append("']}]\n");
    }
    return config.toString();
  }

  private interface Step {
    void run() throws Exception;
  }

  /** Does something twenty times a second, on a thread of its own. */
  private void traffic(String name, Step step) {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (!stopped) {
                  step.run();
                  Thread.sleep(50);
                }
              } catch (Throwable e) {
                if (!stopped) {
                  brokenTraffic.add(e);
                }
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    closing(() -> thread.join(10_000));
  }

  private LiteByteBufAllocator healthy() {
    LiteByteBufAllocator allocator =
        closing(LiteByteBufAllocator.builder().name("healthy").build());
    for (int i = 0; i < HEALTHY_LOOPS; i++) {
      healthyLoops.add(closing(new TestLoop("healthy-" + i)));
    }
    traffic(
        "requests",
        () -> {
          for (TestLoop loop : healthyLoops) {
            loop.submit(
                () -> {
                  List<ByteBuf> request = new ArrayList<>();
                  for (int i = 0; i < 50; i++) {
                    request.add(allocator.directBuffer(100 + 300 * i));
                  }
                  request.forEach(ByteBuf::release);
                });
          }
        });
    return allocator;
  }

  /** Its budget is full, and what it is asked for goes past it, or fails. */
  private LiteByteBufAllocator full(String name, ExhaustionPolicy policy) throws Exception {
    LiteByteBufAllocator allocator =
        closing(
            LiteByteBufAllocator.builder()
                .name(name)
                .maxBytes(2 << 20)
                .whenExhausted(policy)
                .build());
    TestLoop loop = closing(new TestLoop(name));
    for (int i = 0; i < 30; i++) {
      held.add(loop.call(() -> allocator.directBuffer(65_000)));
    }
    traffic(
        name,
        () ->
            loop.call(
                () -> {
                  for (int i = 0; i < 5; i++) {
                    try {
                      allocator.directBuffer(200_000).release();
                    } catch (OutOfMemoryError e) {
                      // as wanted
                    }
                  }
                  return null;
                }));
    return allocator;
  }

  /** Another thread than its event loop asks it. */
  private LiteByteBufAllocator bypassed() throws Exception {
    LiteByteBufAllocator allocator =
        closing(
            LiteByteBufAllocator.builder()
                .name("bypassed")
                .offLoop(OffLoopPolicy.FALLBACK)
                .build());
    TestLoop loop = closing(new TestLoop("bypassed"));
    traffic(
        "no loop",
        () -> {
          loop.release(loop.call(() -> allocator.directBuffer(100)));
          for (int i = 0; i < 5; i++) {
            allocator.directBuffer(100).release();
          }
        });
    return allocator;
  }

  /** A few survivors hold its chunks. */
  private LiteByteBufAllocator fragmented() throws Exception {
    LiteByteBufAllocator allocator =
        closing(
            LiteByteBufAllocator.builder()
                .name("fragmented")
                .strategy("segregated-bump")
                .maxBytes(256 << 20)
                .build());
    TestLoop loop = closing(new TestLoop("fragmented"));
    loop.call(
        () -> {
          List<ByteBuf> burst = new ArrayList<>();
          for (int i = 0; i < 4_000; i++) {
            ByteBuf buffer = allocator.directBuffer(16_000);
            (i % 15 == 0 ? held : burst).add(buffer);
          }
          burst.forEach(ByteBuf::release);
          return null;
        });
    traffic("fragmented", () -> loop.release(loop.call(() -> allocator.directBuffer(100))));
    return allocator;
  }

  /** It never takes back all that it gave away. */
  private LiteByteBufAllocator leaking() throws Exception {
    LiteByteBufAllocator allocator =
        closing(LiteByteBufAllocator.builder().name("leaking").build());
    TestLoop loop = closing(new TestLoop("leaking"));
    List<ByteBuf> lost = new ArrayList<>();
    traffic(
        "leaking",
        () ->
            loop.call(
                () -> {
                  int more = 2 + lost.size() / 250;
                  for (int i = 0; i < more; i++) {
                    lost.add(allocator.directBuffer(16));
                  }
                  return null;
                }));
    closing(() -> loop.call(() -> lost.stream().filter(ByteBuf::release).count()));
    return allocator;
  }

  /** Its loop does not turn, and others have released what it gave them. */
  private LiteByteBufAllocator blocked() throws Exception {
    LiteByteBufAllocator allocator =
        closing(LiteByteBufAllocator.builder().name("blocked").build());
    TestLoop loop = closing(new TestLoop("blocked"));
    List<ByteBuf> given = new ArrayList<>();
    loop.call(
        () -> {
          for (int i = 0; i < 12_000; i++) {
            given.add(allocator.directBuffer(16));
          }
          return null;
        });
    CountDownLatch end = new CountDownLatch(1);
    closing(end::countDown);
    loop.submit(
        () -> {
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    given.forEach(ByteBuf::release);
    return allocator;
  }

  /** Its budget is full of holes, and it looks into each of them. */
  private LiteByteBufAllocator searching() throws Exception {
    LiteByteBufAllocator allocator =
        closing(
            LiteByteBufAllocator.builder()
                .name("searching")
                .strategy("bump-free-list")
                .maxBytes(2 << 20)
                .build());
    TestLoop loop = closing(new TestLoop("searching"));
    loop.call(
        () -> {
          List<ByteBuf> holes = new ArrayList<>();
          while (allocator.metric().elsewhereBuffers() == 0) {
            holes.add(allocator.directBuffer(64));
            held.add(allocator.directBuffer(64));
          }
          holes.forEach(ByteBuf::release);
          return null;
        });
    traffic(
        "searching",
        () ->
            loop.call(
                () -> {
                  for (int i = 0; i < 20; i++) {
                    allocator.directBuffer(64).release();
                    allocator.directBuffer(1_000).release();
                  }
                  return null;
                }));
    return allocator;
  }

  /** Somebody writes behind the ends of its buffers. */
  private LiteByteBufAllocator misused() throws Exception {
    LiteByteBufAllocator allocator =
        closing(
            LiteByteBufAllocator.builder().name("misused").hardening(Hardening.debug()).build());
    TestLoop loop = closing(new TestLoop("misused"));
    traffic(
        "misused",
        () ->
            loop.call(
                () -> {
                  ByteBuf buffer = allocator.directBuffer(200);
                  ByteBuffer tooLong = buffer.nioBuffer(0, 200);
                  buffer.capacity(100);
                  tooLong.put(100, (byte) 1);
                  try {
                    buffer.release();
                  } catch (MemoryViolationException e) {
                    // as wanted
                  }
                  return null;
                }));
    return allocator;
  }

  /** It keeps for ever what nobody asks for any more. */
  private LiteByteBufAllocator keeping() throws Exception {
    MemoryBudget budget = MemoryBudget.of("keeping", 256 << 20);
    LiteByteBufAllocator allocator =
        closing(
            LiteByteBufAllocator.builder().name("keeper").budget(budget).decayMillis(-1).build());
    TestLoop loop = closing(new TestLoop("keeping"));
    loop.call(
        () -> {
          List<ByteBuf> burst = new ArrayList<>();
          for (int i = 0; i < 1_000; i++) {
            burst.add(allocator.directBuffer(64_000));
          }
          burst.forEach(ByteBuf::release);
          return null;
        });
    return allocator;
  }

  @Test
  void rulesAndBoard_goodAndBadServers_fireOnTheBadAndAnswerForAll() throws Exception {
    DashboardServer healthy = closing(DashboardServer.builder().allocator(healthy()).start());
    DashboardServer sick =
        closing(
            DashboardServer.builder()
                .allocator(full("full", ExhaustionPolicy.FALLBACK))
                .allocator(full("failing", ExhaustionPolicy.THROW))
                .allocator(bypassed())
                .allocator(fragmented())
                .allocator(leaking())
                .allocator(blocked())
                .allocator(searching())
                .allocator(misused())
                .start());
    DashboardServer keeping = closing(DashboardServer.builder().allocator(keeping()).start());
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    LiteByteBufAllocator gone = closing(LiteByteBufAllocator.builder().name("gone").build());
    LiteAllocMetrics metrics = closing(new LiteAllocMetrics(gone));
    metrics.bindTo(registry);
    DashboardServer lost =
        closing(DashboardServer.builder().allocator(gone).registry(registry).start());
    Files.writeString(directory.resolve("rules.yml"), quickRules());
    PrometheusTools.Server prometheus =
        closing(new PrometheusTools.Server(directory, config(healthy, sick, lost, keeping)));
    String infoOfLost = "lite_alloc_info{job=\"lost\"}";
    eventually(() -> assertThat(values(prometheus.query(infoOfLost))).isNotEmpty());
    metrics.close();

    Set<String> expected =
        Set.of(
            "LiteAllocBudgetNearlyUsed full",
            "LiteAllocBudgetNearlyUsed failing",
            "LiteAllocChunksRefused full",
            "LiteAllocChunksRefused failing",
            "LiteAllocPastBudget full",
            "LiteAllocFallbackShare full",
            "LiteAllocAllocationFailures failing",
            "LiteAllocFallbackShare bypassed",
            "LiteAllocFragmented fragmented",
            "LiteAllocSuspectedLeak leaking",
            "LiteAllocRemoteQueueBacklog blocked",
            "LiteAllocSlowSearch searching",
            "LiteAllocBudgetNearlyUsed searching",
            "LiteAllocChunksRefused searching",
            "LiteAllocPastBudget searching",
            "LiteAllocFallbackShare searching",
            "LiteAllocMisuse misused",
            "LiteAllocNotGivenBack keeping",
            "LiteAllocMetricsLost lost");
    long deadline = System.nanoTime() + DEADLINE_NANOS;
    Set<String> fired = firing(prometheus);
    while (!fired.containsAll(expected) && System.nanoTime() < deadline) {
      Thread.sleep(500);
      fired.addAll(firing(prometheus));
    }
    assertThat(brokenTraffic).isEmpty(); // else that is why something has not fired
    assertThat(fired).isEqualTo(new TreeSet<>(expected));
    assertThat(onThePage(sick).findValuesAsText("alert"))
        .contains( // all but those for which it waits longer than this test
            "LiteAllocBudgetNearlyUsed",
            "LiteAllocChunksRefused",
            "LiteAllocPastBudget",
            "LiteAllocAllocationFailures",
            "LiteAllocFallbackShare",
            "LiteAllocFragmented",
            "LiteAllocSlowSearch",
            "LiteAllocMisuse");
    assertThat(onThePage(healthy).path("level").asText()).isEqualTo("OK");

    for (JsonNode group : prometheus.api("rules").path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        assertThat(rule.path("health").asText()).as("%s", rule.path("name")).isEqualTo("ok");
      }
    }
    for (String query : BoardTest.queries()) {
      assertThat(values(prometheus.query(withVariables(query)))).as(query).isNotEmpty();
    }
    for (JsonNode variable : BoardTest.read().path("templating").path("list")) {
      if (variable.path("type").asText().equals("query")) {
        String series =
            variable.path("query").asText().replaceAll("label_values\\((.*), \\w+\\)", "$1");
        assertThat(values(prometheus.query(withVariables(series)))).as(series).isNotEmpty();
      }
    }
  }

  /** The verdict. */
  private static JsonNode onThePage(DashboardServer server) throws Exception {
    RawHttp.Response answer = RawHttp.get(server.uri().getPort(), "/api/v1/snapshot");
    return new ObjectMapper().readTree(answer.text()).path("verdict");
  }

  /** What fires now: the alert, and whose. */
  private static Set<String> firing(PrometheusTools.Server prometheus) throws Exception {
    Set<String> firing = new TreeSet<>();
    for (JsonNode alert : prometheus.api("alerts").path("alerts")) {
      if (alert.path("state").asText().equals("firing")) {
        JsonNode labels = alert.path("labels");
        firing.add(
            labels.path("alertname").asText()
                + ' '
                + labels
                    .path("allocator")
                    .asText(labels.path("budget").asText(labels.path("job").asText())));
      }
    }
    return firing;
  }

  private static String withVariables(String query) {
    return query
        .replace("$__rate_interval", "5s")
        .replace("$__range", "30s")
        .replaceAll("\\$(job|instance|allocator|event_loop)", ".*");
  }

  /** The values that are numbers. */
  private static List<String> values(JsonNode result) {
    List<String> values = new ArrayList<>();
    for (JsonNode series : result) {
      String value = series.path("value").path(1).asText();
      if (!value.equals("NaN")) {
        values.add(value);
      }
    }
    return values;
  }
}
