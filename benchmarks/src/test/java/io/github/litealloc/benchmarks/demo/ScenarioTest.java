package io.github.litealloc.benchmarks.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.demo.load.LoadConnection;
import io.github.litealloc.benchmarks.demo.load.LoadGenerator;
import io.github.litealloc.benchmarks.demo.load.LoadWaves;
import io.github.litealloc.benchmarks.demo.load.RequestMix;
import io.github.litealloc.benchmarks.demo.server.DemoServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each scenario as a visitor of the page sees it, ended as soon as it shows what it is to show. */
class ScenarioTest {

  private static final Pattern DASHBOARD = Pattern.compile("dashboard +(http://\\S+)");
  private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(40);

  /** Long enough for a wave. */
  private static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(4);

  private final StringWriter out = new StringWriter();

  private CompletableFuture<DemoSummary> start(Demo demo) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return demo.run();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private Demo demo(Scenario scenario) {
    return new Demo(
        new DemoOptions(
            Candidate.lite("hybrid"),
            scenario,
            Duration.ofSeconds(1),
            OptionalLong.empty(),
            DemoOptions.UNTIL_STOPPED,
            LoadGenerator.NO_LIMIT,
            false,
            8,
            2,
            1_024,
            0,
            0),
        new PrintWriter(out, true));
  }

  private URI awaitPage(CompletableFuture<DemoSummary> run) throws InterruptedException {
    while (!run.isDone()) {
      Matcher matcher = DASHBOARD.matcher(out.toString());
      if (matcher.find()) {
        return URI.create(matcher.group(1));
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
    throw new AssertionError("no page: " + out + run);
  }

  @ParameterizedTest
  @EnumSource(
      value = Scenario.class,
      names = {"PRESSURE", "SLOW_READERS", "OFF_LOOP", "LEAK"})
  void page_misbehaviour_isAtWatchOrActWithItsReasons(Scenario scenario) throws Exception {
    Demo demo = demo(scenario);
    CompletableFuture<DemoSummary> run = start(demo);
    URI page = awaitPage(run);
    Set<String> seen = new TreeSet<>();
    PageVerdict verdict = PageVerdict.read(page);
    long deadline = System.nanoTime() + DEADLINE_NANOS;
    while (!seen.containsAll(scenario.alerts()) && System.nanoTime() < deadline && !run.isDone()) {
      TimeUnit.MILLISECONDS.sleep(200);
      verdict = PageVerdict.read(page);
      seen.addAll(verdict.reasons());
    }
    demo.stop();

    assertThat(seen).containsAll(scenario.alerts());
    assertThat(verdict.level()).isIn("WATCH", "ACT");
    DemoSummary summary = run.get(30, TimeUnit.SECONDS);
    assertThat(summary.problems()).isEmpty();
    assertThat(summary.allWell()).as("what is done wrong on purpose is undone").isTrue();
    assertThat(summary.requests()).isPositive();
    assertThat(summary.seen().page().level()).isIn("WATCH", "ACT");
  }

  @ParameterizedTest
  @EnumSource(
      value = Scenario.class,
      names = {"CALM", "BURST"})
  void page_nothingWrong_staysOk(Scenario scenario) throws Exception {
    Demo demo = demo(scenario);
    CompletableFuture<DemoSummary> run = start(demo);
    URI page = awaitPage(run);
    Set<String> levels = new TreeSet<>();
    long end = System.nanoTime() + CALM_NANOS;
    while (System.nanoTime() < end && !run.isDone()) {
      levels.add(PageVerdict.read(page).level());
      TimeUnit.MILLISECONDS.sleep(200);
    }
    demo.stop();

    assertThat(levels).containsExactly("OK");
    DemoSummary summary = run.get(30, TimeUnit.SECONDS);
    assertThat(summary.allWell()).isTrue();
    assertThat(summary.outside().orElseThrow().buffers()).isZero();
    assertThat(out.toString())
        .contains("(warm-up)")
        .doesNotContainPattern("[1-9][\\d,]* req/s  p50 0 us");
  }

  @Test
  void shape_afterWarmUp_comesInWaves() {
    assertThat(phases(LoadWaves.WAVES)).isEqualTo("OOOLLOOOOOOLLO");
    assertThat(phases(LoadWaves.BURSTS)).isEqualTo("OOOLLSSSSSSLLS");
    assertThat(phases(LoadWaves.FLOOD)).isEqualTo("LLLLLLLLLLLLLL");
    assertThat(phases(LoadWaves.STEADY)).isEqualTo("OOOOOOOOOOOOOO");
  }

  private static String phases(LoadWaves shape) {
    StringBuilder phases = new StringBuilder();
    for (int second = 0; second < 14; second++) {
      phases.append(shape.phase(TimeUnit.SECONDS.toNanos(second)).name().charAt(0));
    }
    return phases.toString();
  }

  @Test
  void largeBytes_smallBudget_fitWell() {
    int connections = 64 * LoadConnection.REQUESTS_IN_FLIGHT;
    long budget = 10L << 20;
    assertThat((long) LoadWaves.WAVES.largeBytes(budget, connections) * connections)
        .isLessThanOrEqualTo(budget / 8);
    assertThat(LoadWaves.WAVES.largeBytes(1, connections)).isEqualTo(1);
    assertThat(List.of(LoadWaves.values()))
        .allSatisfy(
            shape ->
                assertThat(shape.largeBytes(Long.MAX_VALUE / 8, 1))
                    .isLessThanOrEqualTo(DemoServer.MAX_BODY_BYTES / RequestMix.LARGEST));
  }
}
