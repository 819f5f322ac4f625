package io.github.litealloc.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules that come in the jar, judged by Prometheus' own tool. */
final class RulesTest {

  private static final String RULES = "prometheus/lite-alloc.rules.yml";
  private static final Path RUNBOOK = Path.of("..", "docs", "runbook.md");

  @TempDir Path directory;

  @BeforeAll
  static void findPrometheus() {
    PrometheusTools.assumeInstalled();
  }

  private PrometheusTools.Result promtool(String rules, String... arguments) throws Exception {
    Files.writeString(directory.resolve("lite-alloc.rules.yml"), rules);
    Files.writeString(
        directory.resolve("test.yml"),
        PrometheusTools.resource("/prometheus/lite-alloc.rules.test.yml"));
    String[] command = new String[arguments.length + 1];
    command[0] = PrometheusTools.PROMTOOL.toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return PrometheusTools.run(directory, command);
  }

  @Test
  void rules_all_areValid() throws Exception {
    PrometheusTools.Result result =
        promtool(PrometheusTools.shipped(RULES), "check", "rules", "lite-alloc.rules.yml");
    assertThat(result.output()).contains("SUCCESS").doesNotContain("FAILED");
    assertThat(result.status()).isZero();
  }

  @Test
  void rules_eachMisbehaviour_raisesItsAlertAndNoOther() throws Exception {
    PrometheusTools.Result result =
        promtool(PrometheusTools.shipped(RULES), "test", "rules", "test.yml");
    assertThat(result.output()).contains("SUCCESS");
    assertThat(result.status()).isZero();
  }

  @Test
  void rules_thresholdsAreRaised_failTheirTests() throws Exception {
    String rules = PrometheusTools.shipped(RULES);
    for (String threshold :
        List.of("> 0.85", "> 0.01", "> 0.05", "> 33554432", "> 64", "> 10000")) {
      assertThat(rules).contains(threshold);
      rules = rules.replace(threshold, "> 1e12");
    }
    PrometheusTools.Result result = promtool(rules, "test", "rules", "test.yml");
    assertThat(result.status()).isNotZero();
    assertThat(result.output())
        .contains("LiteAllocBudgetNearlyUsed", "LiteAllocPastBudget", "LiteAllocFallbackShare")
        .contains(
            "LiteAllocRemoteQueueBacklog",
            "LiteAllocFragmented",
            "LiteAllocNotGivenBack",
            "LiteAllocSlowSearch");
  }

  @Test
  void runbook_eachAlert_hasAParagraph() throws IOException {
    String runbook = Files.readString(RUNBOOK);
    List<String> alerts =
        Pattern.compile("- alert: (\\w+)")
            .matcher(PrometheusTools.shipped(RULES))
            .results()
            .map((MatchResult match) -> match.group(1))
            .toList();
    assertThat(alerts).hasSize(12);
    for (String alert : alerts) {
      assertThat(runbook).contains("\n## " + alert + "\n");
      assertThat(PrometheusTools.shipped(RULES))
          .contains("docs/runbook.md#" + alert.toLowerCase(java.util.Locale.ROOT));
    }
  }

  @Test
  void scrape_checkedByPromtool_hasNoRemark() throws Exception {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try (LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().name("a").build();
        TestLoop loop = new TestLoop("loop-1");
        LiteAllocMetrics metrics = new LiteAllocMetrics(allocator)) {
      loop.release(loop.call(() -> allocator.directBuffer(100)));
      metrics.bindTo(registry);
      Path scrape = directory.resolve("scrape.txt");
      Files.writeString(scrape, registry.scrape());
      PrometheusTools.Result result =
          PrometheusTools.run(
              directory, "/bin/sh", "-c", PrometheusTools.PROMTOOL + " check metrics < scrape.txt");
      assertThat(result.output()).isEmpty();
      assertThat(result.status()).isZero();
    }
  }
}
