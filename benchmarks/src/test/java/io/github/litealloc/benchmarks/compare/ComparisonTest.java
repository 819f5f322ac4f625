package io.github.litealloc.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.github.litealloc.benchmarks.JsonFile;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.Rounds;
import io.github.litealloc.benchmarks.TestJson;
import io.github.litealloc.benchmarks.ThreadKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {

  @Test
  void figures_threeForks_areMedianMinimumAndMaximum() {
    Figures figures = MadeUp.comparison(0).rows().get(0).figures();

    assertThat(figures.nanosPerOp()).isEqualTo(21);
    assertThat(figures.fastestFork()).isEqualTo(20);
    assertThat(figures.slowestFork()).isEqualTo(22);
    assertThat(figures.garbageBytesPerOp()).isEqualTo(1.5);
    assertThat(figures.peakReservedBytes()).isEqualTo(131_072);
  }

  @Test
  void figures_twoForks_areTheirMean() {
    Figures figures = new Figures(MadeUp.forks(10, 20));

    assertThat(figures.nanosPerOp()).isEqualTo(15);
  }

  @Test
  void figures_noForks_areRefused() {
    assertThatThrownBy(() -> new Figures(List.of())).isInstanceOf(IllegalArgumentException.class);
  }

  private static double ratio(Comparison.Row row, Contender peer) {
    return row.ratioTo(peer).orElseThrow().value();
  }

  @Test
  void ratios_arePeersTimesAsTheUnit() {
    List<Comparison.Row> rows = MadeUp.comparison(0).rows();

    assertThat(ratio(rows.get(0), MadeUp.POOLED)).isCloseTo(0.25, within(1e-9));
    assertThat(ratio(rows.get(0), MadeUp.ADAPTIVE)).isCloseTo(0.5, within(1e-3));
    assertThat(ratio(rows.get(1), MadeUp.POOLED)).isCloseTo(1, within(1e-9));
    assertThat(ratio(rows.get(1), MadeUp.ADAPTIVE)).isCloseTo(2, within(1e-2));
    assertThat(rows.get(0).ratioTo(MadeUp.PORT)).isEmpty();
  }

  @Test
  void target_ofOurs_isAboutTheFastestPeer() {
    Comparison comparison = MadeUp.metAndMissed();

    assertThat(comparison.rows())
        .filteredOn(row -> row.target().isPresent())
        .extracting(row -> row.run().candidate(), row -> row.target().orElseThrow().peer())
        .containsExactly(
            tuple(MadeUp.HYBRID, MadeUp.POOLED), tuple(MadeUp.HYBRID, MadeUp.ADAPTIVE));
    assertThat(comparison.missed())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.run()).isEqualTo(MadeUp.run(MadeUp.NEW_DISABLED, MadeUp.HYBRID));
              assertThat(row.peerRun()).isEqualTo(MadeUp.run(MadeUp.NEW_DISABLED, MadeUp.ADAPTIVE));
            });
  }

  @Test
  void target_foreignPeer_isAboutItIfItIsTheFastest() {
    Comparison comparison = MadeUp.withForeign();

    assertThat(comparison.rows())
        .filteredOn(row -> row.target().isPresent())
        .extracting(row -> row.run().candidate(), row -> row.target().orElseThrow().peer())
        .containsExactly(tuple(MadeUp.HYBRID, MadeUp.PORT), tuple(MadeUp.BEFORE, MadeUp.PORT));
    assertThat(ratio(comparison.rows().get(0), MadeUp.BEFORE)).isCloseTo(0.625, within(1e-9));
  }

  @Test
  void target_missedByAForeignOne_isNoneOfOurs() {
    Comparison comparison = MadeUp.withForeign();

    assertThat(comparison.rows().get(2).target().orElseThrow().verdict()).isEqualTo(Verdict.MISSED);
    assertThat(comparison.missed()).isEmpty();
  }

  @Test
  void target_inSlices_isAlsoAboutTheSlowOnes() {
    Comparison.Row row = MadeUp.inSlices().rows().get(0);

    assertThat(row.figures().p90NanosPerOp()).isEqualTo(60);
    assertThat(row.figures().worstNanosPerOp()).isEqualTo(200);
    assertThat(row.tailTarget().orElseThrow().ratio().value()).isCloseTo(0.5, within(1e-9));
    assertThat(MadeUp.comparison(0).rows().get(0).tailTarget()).isEmpty();
  }

  @Test
  void of_missingResult_isRefused() {
    assertThatThrownBy(
            () ->
                Comparison.of(
                    MadeUp.PLAN, Machine.here(), List.of(), new Rounds.Results<>(1, Map.of(), "")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("hybrid");
  }

  @Test
  void of_missingResultOfAnInterruptedMeasurement_isLeftOut(@TempDir Path folder)
      throws IOException {
    Comparison comparison = MadeUp.interrupted();

    assertThat(comparison.rows())
        .extracting(Comparison.Row::run)
        .containsExactly(
            MadeUp.run(MadeUp.OLD_SIMPLE, MadeUp.HYBRID),
            MadeUp.run(MadeUp.OLD_SIMPLE, MadeUp.POOLED),
            MadeUp.run(MadeUp.OLD_SIMPLE, MadeUp.ADAPTIVE),
            MadeUp.run(MadeUp.NEW_DISABLED, MadeUp.HYBRID));
    assertThat(text(comparison)).contains("INCOMPLETE      interrupted");
    StringWriter markdown = new StringWriter();
    ComparisonMarkdown.print(comparison, new PrintWriter(markdown));
    assertThat(markdown.toString())
        .contains("**Incomplete: interrupted.**", "20.0 / 80.0 / 100 | 24.0 / - / -");
    Path file = folder.resolve("interrupted.json");
    JsonFile.write(file, json -> ComparisonJson.write(comparison, Map.of(), json));
    assertThat(TestJson.read(file)).containsEntry("problem", "interrupted");
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
        .contains("a made-up CPU", "99 (nobody)", "abc1234", "2026-01-01", "forks           3")
        .contains("Java 17.0.1, leak detection simple", "-Dsome=option")
        .contains("every buffer came from an arena");
    assertThat(text.lines().filter(line -> line.contains("lite (hybrid)")).findFirst())
        .hasValueSatisfying(
            line ->
                assertThat(line)
                    .containsSubsequence("allocate-release-1024", "21.0", "20.0 - 22.0", "0.25")
                    .containsSubsequence("22.0", "-", "-", "0.25", "0.50", "1.5 B", "128.0 KiB")
                    .endsWith("<= 0.65 x best peer: met"));
  }

  @Test
  void text_severalSettings_haveATableEachAndTheirTargetsTogether() {
    String text = text(MadeUp.metAndMissed());

    assertThat(text)
        .containsSubsequence(
            "Java 17.0.1, leak detection simple",
            "<= 0.65 x best peer: met",
            "Java 25.0.1, leak detection disabled",
            "<= 0.55 x best peer: missed",
            "target of",
            "Java 17.0.1, simple",
            "0.25    0.25 - 0.25 pooled         met",
            "Java 25.0.1, disabled",
            "1.20    1.20 - 1.20 adaptive       missed, 2.18 x the target");
  }

  @Test
  void text_foreign_areColumnsAndHaveATableOfTheirOwn() {
    assertThat(text(MadeUp.withForeign()))
        .containsSubsequence(
            "before          com.acme.SomeAllocator, from a jar",
            "x pooled x before x port",
            "target of",
            "0.50    0.50 - 0.50 port           met",
            "ours beside others",
            "0.63    0.63 - 0.63 before")
        .doesNotContain("x adaptive");
    assertThat(text(MadeUp.comparison(0))).doesNotContain("ours beside others");
  }

  @Test
  void text_slices_showTheSlowOnesAndTheirTarget() {
    assertThat(text(MadeUp.inSlices()))
        .containsSubsequence("replace-in-order-1024", "20.0", "60.0", "200.0")
        .containsSubsequence("p90 of replace-in-order-1024", "<= 0.45 x best peer", "missed");
  }

  @Test
  void text_pinned_isSaid() {
    assertThat(text(MadeUp.comparison(0)))
        .contains("pinned to number 1 while measured", "rounds: at least 400 in each fork.");
  }

  private static Comparison notPinned(ComparePlan plan) {
    ForkResult loose = new ForkResult(1, 1, 20, null, 0, -1, 0, -1);
    return Comparison.of(
        plan,
        Machine.here(),
        List.of(),
        new Rounds.Results<>(
            1,
            plan.round(0).stream().collect(Collectors.toMap(run -> run, run -> List.of(loose))),
            ""));
  }

  @Test
  void text_notPinned_isSaidLoudly() {
    assertThat(text(notPinned(MadeUp.PLAN)))
        .contains("NOT pinned", "unknown", "at least 20 in each fork: FEW");
  }

  @Test
  void text_severalThreads_areNotSaidToLackTaskset() {
    Scenario threads = Scenario.of("allocate-release-1024").on(ThreadKind.PLATFORM, 2);
    ComparePlan plan =
        MadeUp.plan(threads, List.of(MadeUp.HYBRID, MadeUp.POOLED), MadeUp.OLD_SIMPLE);

    assertThat(text(notPinned(plan)))
        .contains("not pinned, for several threads were measured")
        .doesNotContain("taskset");
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
            comparison.problem(),
            comparison.rows());

    assertThat(text(comparison)).contains("0.25 for each core").doesNotContain("NOT idle");
    assertThat(text(busy)).contains("0.31 for each core: NOT idle");
  }

  @Test
  void text_anyFallback_isSaidBesideItsScore() {
    assertThat(text(MadeUp.comparison(0.2))).containsPattern("hybrid.* 80\\.0 %  <= 0.65");
    assertThat(text(MadeUp.comparison(1e-9))).containsPattern("hybrid.* 99\\.9 %  <= 0.65");
    assertThat(text(MadeUp.comparison(0))).containsPattern("hybrid.* 100 %  <= 0.65");
  }

  @Test
  void text_anyFallback_isSaidLoudly() {
    assertThat(text(MadeUp.comparison(0.001)))
        .contains("up to 0.1000 %")
        .contains("NOT those of the arenas");
  }

  private static String markdown(Comparison comparison) {
    StringWriter out = new StringWriter();
    ComparisonMarkdown.print(comparison, new PrintWriter(out));
    return out.toString();
  }

  @Test
  void markdown_severalSettings_areTheColumns() {
    assertThat(markdown(MadeUp.metAndMissed()).lines())
        .containsSubsequence(
            "| ours and its target | Java 17.0.1, simple | Java 25.0.1, disabled |",
            "|---|---|---|",
            "| `allocate-release-1024`, hybrid: <= 0.55 (simple: 0.65) x best peer"
                + " | met: 0.25 (0.25 - 0.25) x pooled, 100 % in arenas"
                + " | missed, 2.18 x the target: 1.20 (1.20 - 1.20) x adaptive, 100 % in arenas |",
            "| ns: hybrid / pooled / adaptive | Java 17.0.1, simple | Java 25.0.1, disabled |",
            "|---|---|---|",
            "| `allocate-release-1024` | 20.0 / 80.0 / 100 | 24.0 / 80.0 / 20.0 |");
  }

  @Test
  void markdown_slices_haveLinesForTheSlowOnes() {
    assertThat(markdown(MadeUp.inSlices()).lines())
        .containsSubsequence(
            "| `replace-in-order-1024`, hybrid: <= 0.45 x best peer, p90"
                + " | missed, 1.11 x the target: 0.50 (0.50 - 0.50) x pooled, 100 % in arenas |",
            "| `replace-in-order-1024` | 20.0 / 40.0 |",
            "| `replace-in-order-1024`, p90 | 60.0 / 120 |",
            "| `replace-in-order-1024`, worst | 200 / 400 |");
  }

  @Test
  void markdown_anyFallback_isSaidLoudly() {
    assertThat(markdown(MadeUp.comparison(0))).doesNotContain("Not every");
    assertThat(markdown(MadeUp.comparison(0.001))).contains("Not every buffer of ours");
  }

  private static Map<String, @Nullable Object> json(
      Comparison comparison, Map<ComparePlan.Run, Profile> profiles, Path folder)
      throws IOException {
    Path file = folder.resolve("compare.json");
    JsonFile.write(file, json -> ComparisonJson.write(comparison, profiles, json));
    return TestJson.read(file);
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, @Nullable Object>> list(
      Map<String, @Nullable Object> json, String name) {
    return (List<Map<String, @Nullable Object>>) Objects.requireNonNull(json.get(name));
  }

  @Test
  void json_comparison_holdsEverything(@TempDir Path folder) throws IOException {
    Map<String, @Nullable Object> json = json(MadeUp.comparison(0), Map.of(), folder);

    assertThat(json)
        .containsEntry("machine", "a made-up CPU, 2 cores")
        .containsEntry("jdk", "99 (nobody)")
        .containsEntry("commit", "abc1234")
        .containsEntry("date", "2026-01-01T00:00:00Z")
        .containsEntry("loadBefore", 0.25)
        .containsEntry("forks", 3L)
        .containsEntry("jvmOptions", List.of("-Dsome=option"))
        .containsEntry("profiles", List.of());
    List<Map<String, @Nullable Object>> results = list(json, "results");
    assertThat(results).hasSize(3);
    assertThat(results.get(0))
        .containsEntry("java", "17.0.1")
        .containsEntry("jdk", "17.0.1+1 (nobody)")
        .containsEntry("leakDetection", "simple")
        .containsEntry("scenario", "allocate-release-1024")
        .containsEntry("allocator", "lite")
        .containsEntry("strategy", "hybrid")
        .containsEntry("nanosPerOp", 21.0)
        .containsEntry("nanosPerOpOfForks", List.of(21.0, 20.0, 22.0))
        .containsEntry("p10NanosPerOp", 22.0)
        .containsEntry("rounds", 400L)
        .doesNotContainKeys("p90NanosPerOp", "p90Target")
        .containsEntry("garbageBytesPerOp", 1.5)
        .containsEntry("peakReservedBytes", 131_072L)
        .containsEntry("fallbackShare", 0.0);
    assertThat(results.get(1)).containsEntry("strategy", null).containsEntry("target", null);
  }

  @Test
  @SuppressWarnings("unchecked")
  void json_target_holdsItsCheck(@TempDir Path folder) throws IOException {
    Map<String, @Nullable Object> json = json(MadeUp.metAndMissed(), Map.of(), folder);

    Map<String, Object> target =
        (Map<String, Object>) Objects.requireNonNull(list(json, "results").get(3).get("target"));
    assertThat(target)
        .containsEntry("limit", 0.55)
        .containsEntry("peer", "adaptive")
        .containsEntry("verdict", "missed")
        .containsKeys("ratio", "ratioLow", "ratioHigh");
  }

  @Test
  void json_foreign_hasItsClassPathAndRatios(@TempDir Path folder) throws IOException {
    Map<String, @Nullable Object> json = json(MadeUp.withForeign(), Map.of(), folder);

    assertThat(list(json, "foreign").get(0))
        .containsEntry("allocator", "before")
        .containsEntry("origin", "com.acme.SomeAllocator, from a jar")
        .containsEntry("classPath", List.of("acme.jar"))
        .containsEntry("jvmOptions", List.of("-Da=b"))
        .containsEntry("peer", false);
    assertThat(json).containsEntry("pinnedToProcessor", 1L);
    assertThat(list(json, "results").get(0).get("ratioTo"))
        .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
        .containsOnlyKeys("pooled", "before", "port");
  }

  @Test
  void json_slices_haveTheSlowOnes(@TempDir Path folder) throws IOException {
    Map<String, @Nullable Object> json = json(MadeUp.inSlices(), Map.of(), folder);

    assertThat(list(json, "results").get(0))
        .containsEntry("nanosPerOp", 20.0)
        .containsEntry("p90NanosPerOp", 60.0)
        .containsEntry("worstNanosPerOp", 200.0)
        .containsEntry("seeds", Map.of("sizes", 17L))
        .containsKey("p90Target");
  }

  @Test
  void json_oneRound_hasNoBounds(@TempDir Path folder) throws IOException {
    Comparison comparison =
        Comparison.of(
            MadeUp.PLAN,
            Machine.here(),
            List.of(),
            new Rounds.Results<>(
                1,
                Map.of(
                    MadeUp.run(MadeUp.OLD_SIMPLE, MadeUp.HYBRID), MadeUp.forks(1),
                    MadeUp.run(MadeUp.OLD_SIMPLE, MadeUp.POOLED), MadeUp.forks(2),
                    MadeUp.run(MadeUp.OLD_SIMPLE, MadeUp.ADAPTIVE), MadeUp.forks(4)),
                ""));

    Map<String, @Nullable Object> json = json(comparison, Map.of(), folder);

    assertThat(list(json, "results").get(0).get("target"))
        .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
        .containsEntry("ratio", 0.5)
        .containsEntry("ratioLow", null)
        .containsEntry("ratioHigh", null)
        .containsEntry("verdict", "undecided");
  }

  @Test
  void json_profiles_holdTheirSamples(@TempDir Path folder) throws IOException {
    Map<String, @Nullable Object> json =
        json(
            MadeUp.comparison(0),
            Map.of(
                MadeUp.run(MadeUp.OLD_SIMPLE, MadeUp.HYBRID), new Profile(Map.of("a.B.method", 7))),
            folder);

    assertThat(list(json, "profiles"))
        .singleElement()
        .satisfies(
            profile ->
                assertThat(profile)
                    .containsEntry("scenario", "allocate-release-1024")
                    .containsEntry("strategy", "hybrid")
                    .containsEntry("samples", Map.of("a.B.method", 7L)));
  }
}
