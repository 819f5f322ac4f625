package io.github.litealloc.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.litealloc.benchmarks.Cli;
import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.JsonFile;
import io.github.litealloc.benchmarks.baseline.Trend;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaselineTest {

  @TempDir private Path folder;

  private Baseline baseline(Comparison comparison) {
    Path file = folder.resolve("before.json");
    JsonFile.write(file, json -> ComparisonJson.write(comparison, Map.of(), json));
    return Baseline.read(file);
  }

  private static List<Baseline.Change> timesOf(List<Baseline.Change> changes) {
    return changes.stream().filter(change -> change.what().startsWith("x ")).toList();
  }

  @Test
  void changes_nothingHasChanged_areTheSame() {
    Comparison comparison = MadeUp.comparison(0);

    List<Baseline.Change> changes = baseline(comparison).changes(comparison, 0);

    assertThat(changes)
        .extracting(Baseline.Change::what, Baseline.Change::trend)
        .containsExactly(tuple("x adaptive", Trend.SAME), tuple("reserved", Trend.SAME));
  }

  @Test
  void changes_twiceTheTime_isWorseOrBetter() {
    Comparison fast = MadeUp.times(20, 40);
    Comparison slow = MadeUp.times(40, 40);

    assertThat(timesOf(baseline(fast).changes(slow, 0.1)))
        .singleElement()
        .extracting(Baseline.Change::before, Baseline.Change::now, Baseline.Change::trend)
        .containsExactly(0.5, 1.0, Trend.WORSE);
    assertThat(timesOf(baseline(slow).changes(fast, 0.1)))
        .singleElement()
        .extracting(Baseline.Change::trend)
        .isEqualTo(Trend.BETTER);
  }

  @Test
  void changes_slowerMachine_isNoChange() {
    assertThat(timesOf(baseline(MadeUp.times(20, 40)).changes(MadeUp.times(60, 120), 0.1)))
        .singleElement()
        .extracting(Baseline.Change::trend)
        .isEqualTo(Trend.SAME);
  }

  @Test
  void changes_withinTheMargin_areTheSame() {
    assertThat(timesOf(baseline(MadeUp.times(20, 40)).changes(MadeUp.times(21, 40), 0.1)))
        .singleElement()
        .extracting(Baseline.Change::trend)
        .isEqualTo(Trend.SAME);
  }

  @Test
  void print_changes_areATable() {
    StringWriter out = new StringWriter();
    Baseline before = baseline(MadeUp.times(20, 40));

    BaselineText.print(
        before, before.changes(MadeUp.times(40, 40), 0.1), false, new PrintWriter(out));

    assertThat(out.toString())
        .contains("before.json, commit abc1234, 2026-01-01T00:00:00Z")
        .containsPattern("x pooled +0\\.50 +1\\.00 +worse");
  }

  @Test
  void print_markdown_isATable() {
    StringWriter out = new StringWriter();
    Baseline before = baseline(MadeUp.times(20, 40));

    BaselineText.print(
        before, before.changes(MadeUp.times(40, 40), 0.1), true, new PrintWriter(out));

    assertThat(out.toString())
        .contains("| scenario | allocator | setting | figure | before | now | verdict |\n|---|")
        .contains(" | x pooled | 0.50 | 1.00 | worse |");
  }

  @Test
  void missing_runsOfOurs_areThoseThatTheFileHasNot() {
    Baseline before = baseline(MadeUp.comparison(0));

    assertThat(before.missing(MadeUp.comparison(0).plan())).isEmpty();
    assertThat(baseline(MadeUp.times(20, 40)).missing(MadeUp.comparison(0).plan()))
        .allMatch(run -> run.candidate().role() == Contender.Role.OURS);
  }

  /** Exit code 1 would say that something has become worse. */
  @Test
  void compare_baselineThatIsCutOff_isCommandLineErrorWithThePlace() throws IOException {
    baseline(MadeUp.comparison(0));
    Path whole = folder.resolve("before.json");
    String half = Files.readString(whole).substring(0, (int) Files.size(whole) / 2);
    Path cut = Files.writeString(folder.resolve("cut.json"), half);

    Cli cli = Cli.run("compare", "--quick", "--baseline=" + cut);

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err())
        .contains("--baseline: cannot read " + cut + ": line ", "(expected: the results of an")
        .doesNotContain("REDACTED", "Source");
    assertThat(cli.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "[]", "{}", "{\"results\": [{\"allocator\": \"lite\"}]}", "{", "{} {}"})
  void read_otherFile_isRefusedByName(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("other.json"), text);

    assertThatThrownBy(() -> Baseline.read(file))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining(file.toString());
  }
}
