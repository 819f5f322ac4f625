package io.github.litealloc.benchmarks.raw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.litealloc.benchmarks.Cli;
import io.github.litealloc.benchmarks.JsonFile;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.Rounds;
import io.github.litealloc.benchmarks.TestJson;
import io.github.litealloc.benchmarks.jmh.Times;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawResultTest {

  private static final Workload TINY = Workload.of("tiny");
  private static final Workload MIXED = Workload.of("mixed");
  private static final RawPlan PLAN =
      new RawPlan(
          List.of(TINY, MIXED), List.of("hybrid", "bump-free-list"), 3, new Times(1, 2, 10));
  private static final Machine MACHINE =
      new Machine("a made-up CPU, 2 cores", "99 (nobody)", "abc1234", "2026-01-01T00:00:00Z", 0.25);

  private static List<RawPlan.Fork> forks(double... nanos) {
    return Arrays.stream(nanos).mapToObj(each -> new RawPlan.Fork(each, 1.5)).toList();
  }

  private static RawResult result() {
    return RawResult.of(
        PLAN,
        MACHINE,
        List.of("-Dsome=option"),
        new Rounds.Results<>(
            3,
            Map.of(
                new RawPlan.Run(TINY, "hybrid"), forks(5, 4, 9),
                new RawPlan.Run(TINY, "bump-free-list"), forks(2.8, 2.7, 3),
                new RawPlan.Run(MIXED, "hybrid"), forks(10, 10, 10),
                new RawPlan.Run(MIXED, "bump-free-list"), forks(10, 20, 30)),
            ""));
  }

  private static String text() {
    StringWriter out = new StringWriter();
    RawText.print(result(), new PrintWriter(out));
    return out.toString();
  }

  @Test
  void rows_mixed_areInMicrosecondsForARoundOf700() {
    RawResult.Row row = result().rows().get(3);

    assertThat(row.run()).isEqualTo(new RawPlan.Run(MIXED, "bump-free-list"));
    assertThat(row.time().median()).isEqualTo(14);
    assertThat(row.time().min()).isEqualTo(7);
    assertThat(row.time().max()).isEqualTo(21);
  }

  @Test
  void ratioToCrate_isTimesTheMiddleOfWhatWasPublished() {
    List<RawResult.Row> rows = result().rows();

    assertThat(rows.get(0).ratioToCrate()).as("the crate has no hybrid").isEmpty();
    assertThat(rows.get(1).ratioToCrate().orElseThrow()).isCloseTo(2, within(1e-9));
    assertThat(rows.get(3).ratioToCrate().orElseThrow()).isCloseTo(14 / 3.1, within(1e-9));
  }

  @Test
  void of_missingResult_isRefused() {
    assertThatThrownBy(
            () -> RawResult.of(PLAN, MACHINE, List.of(), new Rounds.Results<>(1, Map.of(), "")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tiny");
  }

  @Test
  void text_result_hasHeaderTableAndLegend() {
    assertThat(text())
        .contains("a made-up CPU", "99 (nobody)", "abc1234", "2026-01-01", "forks           3")
        .contains("-Dsome=option", "x crate: times the middle");
    assertThat(text().lines().filter(line -> line.startsWith("tiny")).toList())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .containsSubsequence(
                        "hybrid", "ns/pair", "5.00", "4.00 - 9.00", "1.5 B", "-", "-"),
            line ->
                assertThat(line)
                    .containsSubsequence(
                        "bump-free-list", "2.80", "2.70 - 3.00", "1.1 - 1.7", "2.00"));
    assertThat(text().lines().filter(line -> line.startsWith("mixed")).toList())
        .hasSize(2)
        .last()
        .asString()
        .containsSubsequence("us/round", "14.00", "7.00 - 21.00", "3.1", "4.52");
  }

  @Test
  @SuppressWarnings("unchecked")
  void json_result_holdsEverything(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("raw.json");

    JsonFile.write(file, json -> RawJson.write(result(), json));

    Cli report = Cli.run("report", file.toString(), "--out=" + folder.resolve("page.html"));
    assertThat(report.exitCode()).as(report.err()).isZero();
    Map<String, @Nullable Object> json = TestJson.read(file);
    assertThat(json)
        .containsEntry("machine", "a made-up CPU, 2 cores")
        .containsEntry("loadBefore", 0.25)
        .containsEntry("forks", 3L)
        .containsEntry("iterationMillis", 10L)
        .containsEntry("jvmOptions", List.of("-Dsome=option"));
    List<Object> results = (List<Object>) Objects.requireNonNull(json.get("results"));
    assertThat(results).hasSize(4);
    assertThat((Map<String, @Nullable Object>) results.get(0))
        .containsEntry("workload", "tiny")
        .containsEntry("strategy", "hybrid")
        .containsEntry("unit", "ns/pair")
        .containsEntry("time", 5.0)
        .containsEntry("timeOfFastestFork", 4.0)
        .containsEntry("timeOfSlowestFork", 9.0)
        .containsEntry("garbageBytesPerPair", 1.5)
        .containsEntry("crateMin", null)
        .containsEntry("ratioToCrate", null);
    assertThat((Map<String, @Nullable Object>) results.get(1))
        .containsEntry("crateMin", 1.1)
        .containsEntry("crateMax", 1.7);
  }

  @Test
  void round_eachNumber_measuresEverythingOnceAndBeginsWithAnotherStrategy() {
    assertThat(PLAN.round(0)).extracting(RawPlan.Run::strategy).startsWith("hybrid");
    assertThat(PLAN.round(1)).extracting(RawPlan.Run::strategy).startsWith("bump-free-list");
    assertThat(PLAN.round(1)).containsExactlyInAnyOrderElementsOf(PLAN.round(0)).hasSize(4);
  }

  @Test
  void estimate_isRunsTimesTheirLength() {
    assertThat(PLAN.estimate()).isEqualTo(Duration.ofMillis(1_130).multipliedBy(3 * 2 * 2));
  }

  @Test
  void ids_workloads_areUniqueAndFound() {
    assertThat(Workload.ids())
        .doesNotHaveDuplicates()
        .contains("tiny-shared", "fragments-10000")
        .allMatch(id -> Workload.of(id).id().equals(id));
    assertThatThrownBy(() -> Workload.of("huge")).hasMessageContaining("huge");
    assertThat(Stream.of("tiny", "tiny-shared").map(Workload::of).map(Workload::parameters))
        .containsExactly(Map.of("profile", "own"), Map.of("profile", "shared"));
  }
}
