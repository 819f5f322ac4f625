package io.github.litealloc.benchmarks.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Cli;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.TestJson;
import io.github.litealloc.benchmarks.demo.load.LoadFigures;
import io.github.litealloc.benchmarks.demo.load.LoadGenerator;
import io.netty.util.ResourceLeakDetector;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoTest {

  private final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();

  @AfterEach
  void restoreLevel() {
    ResourceLeakDetector.setLevel(level);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "bump-free-list", "segregated-bump", "free-list"})
  void demo_eachStrategy_servesRightAnswersAndReturnsEveryBuffer(
      String strategy, @TempDir Path folder) throws Exception {
    Path json = folder.resolve("demo.json");

    Cli cli =
        Cli.run(
            ("demo --requests 3000 --connections 4 --loops 2 --body-size 2k --strategy "
                    + strategy
                    + " --json "
                    + json)
                .split(" "));

    assertThat(cli.exitCode()).as(cli.out() + cli.err()).isZero();
    assertThat(cli.out())
        .contains("http://127.0.0.1:", "dashboard  http://127.0.0.1:", "3,000 verified")
        .contains("All well", "nothing direct was outside of the budget");
    Map<String, @Nullable Object> summary = TestJson.read(json);
    assertThat(summary)
        .containsEntry("allocator", "lite")
        .containsEntry("strategy", strategy)
        .containsEntry("requests", 3_000L)
        .containsEntry("answered", 3_000L)
        .containsEntry("failures", 0L)
        .containsEntry("wrongBytes", 0L)
        .containsEntry("leaks", 0L)
        .containsEntry("usedAtEndBytes", 0L)
        .containsEntry("fallbacks", 0L)
        .containsEntry("page", "OK")
        .containsEntry("problems", List.of())
        .containsEntry("allWell", true)
        .containsKeys("requestsPerSecond", "jdk", "date", "machine", "leakDetection");
    assertThat((Long) summary.get("reservedPeakBytes")).isPositive();
    assertThat(summary.get("latencyMicros"))
        .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
        .containsOnlyKeys("p50", "p90", "p99", "p999", "max");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pooled", "adaptive", "unpooled"})
  void demo_eachPeer_servesToo(String allocator, @TempDir Path folder) throws Exception {
    Path json = folder.resolve("demo.json");

    Cli cli =
        Cli.run(
            ("demo --requests 500 --connections 2 --loops 1 --allocator "
                    + allocator
                    + " --json "
                    + json)
                .split(" "));

    assertThat(cli.exitCode()).as(cli.out() + cli.err()).isZero();
    assertThat(cli.out()).contains("dashboard  http://127.0.0.1:", "what Netty tells");
    assertThat(TestJson.read(json))
        .containsEntry("allocator", allocator)
        .containsEntry("strategy", null)
        .containsEntry("requests", 500L)
        .containsEntry("page", "UNKNOWN")
        .containsEntry("fallbacks", null)
        .containsEntry("usedAtEndBytes", allocator.equals("adaptive") ? null : (Object) 0L);
  }

  @Test
  void demo_paranoidLeakDetection_findsNoLeak() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);

    Cli cli = Cli.run("demo --requests 1000 --connections 2 --loops 1".split(" "));

    assertThat(cli.exitCode()).as(cli.out() + cli.err()).isZero();
    assertThat(cli.out()).contains("leak detection paranoid");
  }

  @Test
  void demo_leakDetectionDisabled_saysThatItDidNotLook(@TempDir Path folder) throws Exception {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    Path json = folder.resolve("demo.json");

    Cli cli = Cli.run(("demo --requests 100 --connections 1 --json " + json).split(" "));

    assertThat(cli.out()).contains("not looked for");
    assertThat(TestJson.read(json))
        .containsEntry("leaks", null)
        .containsEntry("leakDetection", "disabled");
  }

  @Test
  void demo_smallBudget_goesOnThroughTheFallback(@TempDir Path folder) throws Exception {
    Path json = folder.resolve("demo.json");

    Cli cli =
        Cli.run(
            ("demo --requests 1000 --connections 8 --body-size 256k --max-bytes 300k --json "
                    + json)
                .split(" "));

    assertThat(cli.exitCode()).as(cli.out() + cli.err()).isZero();
    Map<String, @Nullable Object> summary = TestJson.read(json);
    assertThat((Long) summary.get("reservedPeakBytes")).isBetween(1L, 300L << 10);
    assertThat((Long) summary.get("fallbacks")).isPositive();
    assertThat(cli.out())
        .contains("; outside of the arenas and their budget: ", "as the budget was full");
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 32})
  void demo_budgetOfASmallContainer_isEnough(int mebibytes, @TempDir Path folder) throws Exception {
    Path json = folder.resolve("demo.json");

    Cli cli =
        Cli.run(
            ("demo --requests 3000 --connections 64 --max-bytes " + mebibytes + "m --json " + json)
                .split(" "));

    assertThat(cli.exitCode()).as(cli.out() + cli.err()).isZero();
    Map<String, @Nullable Object> summary = TestJson.read(json);
    assertThat((Long) summary.get("reservedPeakBytes")).isBetween(1L, (long) mebibytes << 20);
    assertThat(summary).containsEntry("fallbacks", 0L).containsEntry("usedAtEndBytes", 0L);
  }

  @Test
  void demo_portInUse_failsWithOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Cli server = Cli.run("demo", "--port", String.valueOf(taken.getLocalPort()));
      Cli dashboard = Cli.run("demo", "--dashboard-port", String.valueOf(taken.getLocalPort()));

      for (Cli cli : List.of(server, dashboard)) {
        assertThat(cli.exitCode()).isEqualTo(1);
        assertThat(cli.err().lines())
            .singleElement()
            .asString()
            .contains("127.0.0.1:" + taken.getLocalPort(), "in use");
      }
    }
  }

  @Test
  void demo_withoutLoad_servesOtherClientsUntilStopped() throws Exception {
    StringWriter out = new StringWriter();
    Demo demo =
        new Demo(
            new DemoOptions(
                Candidate.lite("hybrid"),
                Scenario.CALM,
                Scenario.LEAK_WINDOW,
                OptionalLong.empty(),
                DemoOptions.UNTIL_STOPPED,
                LoadGenerator.NO_LIMIT,
                false,
                0,
                1,
                100,
                0,
                0),
            new PrintWriter(out, true));
    CompletableFuture<DemoSummary> summary =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return demo.run();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });

    URI server = awaitAddress(out);
    HttpClient client = HttpClient.newHttpClient();
    byte[] body =
        client
            .send(
                HttpRequest.newBuilder(server.resolve("/?size=10")).build(),
                BodyHandlers.ofByteArray())
            .body();
    demo.stop();

    assertThat(body).hasSize(10);
    assertThat(summary.get(20, TimeUnit.SECONDS).answered()).isEqualTo(1);
    assertThat(summary.get().allWell()).isTrue();
  }

  @Test
  void allWell_anythingWrong_isFalse() throws Exception {
    DemoSummary well = summary(0, 0, 0, 0);

    assertThat(well.allWell()).isTrue();
    assertThat(summary(1, 0, 0, 0).allWell()).isFalse();
    assertThat(summary(0, 1, 0, 0).allWell()).isFalse();
    assertThat(summary(0, 0, 1, 0).allWell()).isFalse();
    assertThat(summary(0, 0, 0, 1).allWell()).isFalse();
  }

  private static DemoSummary summary(long failures, long wrongBytes, long leaks, long used) {
    return new DemoSummary(
        Candidate.lite("hybrid"),
        Machine.here(),
        1,
        0,
        0,
        10,
        10,
        failures,
        wrongBytes,
        OptionalLong.of(leaks),
        LoadFigures.newHistogram(),
        1,
        OptionalLong.of(used),
        Optional.empty(),
        new DemoSummary.Seen(
            URI.create("http://127.0.0.1/"),
            new PageVerdict("OK", List.of(), List.of()),
            List.of(),
            leaks),
        List.of());
  }

  private static URI awaitAddress(StringWriter out) throws InterruptedException {
    Pattern address = Pattern.compile("server +(http://\\S+)");
    for (int i = 0; i < 1_000; i++) {
      Matcher matcher = address.matcher(out.toString());
      if (matcher.find()) {
        return URI.create(matcher.group(1));
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
    throw new AssertionError("no address printed: " + out);
  }
}
