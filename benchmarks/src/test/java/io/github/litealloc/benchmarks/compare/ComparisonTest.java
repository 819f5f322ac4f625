package io.github.litealloc.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.benchmarks.JsonFile;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.TestJson;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {

  @Test
  void figures_threeForks_areMedianMinimumAndMaximum() {
    Figures figures = MadeUp.comparison(0).rows().get(0).figures();

    assertThat(figures.nanosPerOp()).isEqualTo(21);
    assertThat(figures.fastestFork()).isEqualTo(20);
    assertThat(figures.slowestFork()).isEqualTo(90);
    assertThat(figures.garbageBytesPerOp()).isEqualTo(1.5);
    assertThat(figures.peakReservedBytes()).isEqualTo(131_072);
  }

  @Test
  void figures_twoForks_areTheirMean() {
    Figures figures = new Figures(List.of(MadeUp.fork(10), MadeUp.fork(20)));

    assertThat(figures.nanosPerOp()).isEqualTo(15);
  }

  @Test
  void figures_noForks_areRefused() {
    assertThatThrownBy(() -> new Figures(List.of())).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void ratios_arePeersMediansAsTheUnit() {
    List<Comparison.Row> rows = MadeUp.comparison(0).rows();

    assertThat(rows.get(0).ratioToPooled()).hasValue(0.25);
    assertThat(rows.get(0).ratioToAdaptive()).hasValue(0.5);
    assertThat(rows.get(1).ratioToPooled()).hasValue(1);
    assertThat(rows.get(1).ratioToAdaptive()).hasValue(2);
  }

  @Test
  void ratios_peerNotMeasured_areUnknown() {
    ComparePlan alone =
        new ComparePlan(
            List.of(MadeUp.SCENARIO),
            List.of(MadeUp.HYBRID),
            1,
            MadeUp.PLAN.times(),
            LeakDetection.SIMPLE);
    Comparison comparison =
        Comparison.of(
            alone,
            Machine.here(),
            List.of(),
            1,
            Map.of(new ComparePlan.Run(MadeUp.SCENARIO, MadeUp.HYBRID), List.of(MadeUp.fork(10))));

    assertThat(comparison.rows().get(0).ratioToPooled()).isEmpty();
  }

  @Test
  void of_missingResult_isRefused() {
    assertThatThrownBy(() -> Comparison.of(MadeUp.PLAN, Machine.here(), List.of(), 1, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("hybrid");
  }

  private static String text(Comparison comparison) {
    StringWriter out = new StringWriter();
    ComparisonText.print(comparison, new PrintWriter(out));
    return out.toString();
  }

  @Test
  void text_comparison_hasHeaderTableAndLegend() {
    String text = text(MadeUp.comparison(0));

    assertThat(text)
        .contains("a made-up CPU", "99 (nobody)", "2026-01-01", "forks           3")
        .contains("leak detection  simple", "-Dsome=option", "every buffer came from an arena");
    assertThat(text.lines().filter(line -> line.contains("lite (hybrid)")).toList())
        .singleElement()
        .asString()
        .containsSubsequence(
            "allocate-release-1024", "21.0", "20.0 - 90.0", "0.25", "0.50", "1.5 B", "128.0 KiB");
  }

  @Test
  void text_busyMachine_isSaidLoudly() {
    Comparison comparison = MadeUp.comparison(0);
    Comparison busy =
        new Comparison(
            comparison.plan(),
            new Machine("a CPU", "a JDK", "a commit", "a date", 0.31),
            comparison.jvmOptions(),
            comparison.rounds(),
            comparison.rows());

    assertThat(text(comparison)).contains("0.25 for each core").doesNotContain("NOT idle");
    assertThat(text(busy)).contains("0.31 for each core: NOT idle");
  }

  @Test
  void text_anyFallback_isSaidLoudly() {
    assertThat(text(MadeUp.comparison(0.001)))
        .contains("up to 0.1000 %")
        .contains("NOT those of the arenas");
  }

  @Test
  @SuppressWarnings("unchecked")
  void json_comparison_holdsEverything(@TempDir Path folder) throws Exception {
    Comparison comparison = MadeUp.comparison(0);
    Path file = folder.resolve("compare.json");

    JsonFile.write(file, json -> ComparisonJson.write(comparison, json));

    Map<String, @Nullable Object> json = TestJson.read(file);
    assertThat(json)
        .containsEntry("machine", "a made-up CPU, 2 cores")
        .containsEntry("jdk", "99 (nobody)")
        .containsEntry("date", "2026-01-01T00:00:00Z")
        .containsEntry("loadBefore", 0.25)
        .containsEntry("forks", 3L)
        .containsEntry("leakDetection", "simple")
        .containsEntry("jvmOptions", List.of("-Dsome=option"));
    List<Object> results = (List<Object>) Objects.requireNonNull(json.get("results"));
    assertThat(results).hasSize(3);
    assertThat((Map<String, Object>) results.get(0))
        .containsEntry("scenario", "allocate-release-1024")
        .containsEntry("allocator", "lite")
        .containsEntry("strategy", "hybrid")
        .containsEntry("nanosPerOp", 21.0)
        .containsEntry("nanosPerOpOfForks", List.of(21.0, 20.0, 90.0))
        .containsEntry("ratioToPooled", 0.25)
        .containsEntry("ratioToAdaptive", 0.5)
        .containsEntry("garbageBytesPerOp", 1.5)
        .containsEntry("peakReservedBytes", 131_072L)
        .containsEntry("fallbackShare", 0.0);
    assertThat((Map<String, Object>) results.get(1)).containsEntry("strategy", null);
  }
}
