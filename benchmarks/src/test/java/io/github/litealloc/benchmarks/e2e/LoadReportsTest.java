package io.github.litealloc.benchmarks.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.benchmarks.CommandFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What wrk 4.1.0 and h2load 1.52.0 have said on a day. */
class LoadReportsTest {

  @TempDir private Path folder;

  private static String resource(String name) throws IOException {
    try (InputStream in = LoadReportsTest.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private Path log(String name) throws IOException {
    return Files.writeString(folder.resolve(name), resource(name));
  }

  @Test
  void wrk_answered_hasAllFigures() throws Exception {
    LoadReport report = Wrk.read(resource("wrk.txt"));

    assertThat(report)
        .isEqualTo(new LoadReport(628, 1.014472, 5_640_000, 37_667_000, 48_120_000, 0, 0, ""));
  }

  @Test
  void wrk_notFound_isNoAnswerAndAFailure() throws Exception {
    LoadReport report = Wrk.read(resource("wrk-404.txt"));

    assertThat(report.requests()).isZero();
    assertThat(report.p99Nanos()).isNegative();
    assertThat(report.failures()).isPositive();
    assertThat(report.firstFailure()).isEqualTo(report.failures() + " by status");
  }

  /** Its percentiles are of those answers, too. */
  @Test
  void wrk_someBadStatuses_knowsNoLatencies() throws Exception {
    LoadReport report = Wrk.read(resource("wrk.txt").replace("status=0", "status=28"));

    assertThat(report.requests()).isEqualTo(600);
    assertThat(report.failures()).isEqualTo(28);
    assertThat(report.p50Nanos()).isNegative();
    assertThat(report.p99Nanos()).isNegative();
    assertThat(report.p999Nanos()).isNegative();
  }

  @Test
  void wrk_withoutTheScriptsLines_saysWhatCameInstead() throws Exception {
    String cut = resource("wrk.txt").replaceAll("(?s)lite-alloc p50.*", "");

    assertThatThrownBy(() -> Wrk.read(cut))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("wrk has not told its")
        .hasMessageContaining("requests in 1.01s");
  }

  @Test
  void h2load_answered_hasAllFigures() throws Exception {
    LoadReport report = H2Load.read(resource("h2load.txt"), log("h2load.log"), 1);

    assertThat(report.requests()).isEqualTo(204);
    assertThat(report.failures()).isZero();
    assertThat(report.seconds()).isEqualTo(1);
    // It prints the longest itself: 78.43 ms.
    assertThat(report.p999Nanos()).isBetween(78.3e6, 78.5e6);
    List<Long> micros = sortedMicros(log("h2load.log"));
    assertThat(report.p50Nanos()).isBetween(999.0 * micros.get(101), 1_001.0 * micros.get(102));
    assertThat(report.p99Nanos()).isBetween(999.0 * micros.get(200), 1_001.0 * micros.get(202));
  }

  private static List<Long> sortedMicros(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .map(line -> Long.valueOf(line.split("\t")[2]))
        .sorted()
        .toList();
  }

  @Test
  void h2load_notFound_isNoAnswerAndAFailure() throws Exception {
    LoadReport report = H2Load.read(resource("h2load-404.txt"), log("h2load-404.log"), 1);

    assertThat(report.requests()).isZero();
    assertThat(report.failures()).isEqualTo(50);
    assertThat(report.firstFailure()).contains("50 by status");
  }

  @Test
  void h2load_streamThatWasReset_countsOnce() throws Exception {
    String output = resource("h2load.txt").replace("0 failed, 0 errored", "1 failed, 1 errored");
    Path log = Files.writeString(folder.resolve("log"), "1\t200\t5\n1\t-1\t2\n1\t500\t2\n");

    LoadReport report = H2Load.read(output, log, 1);

    assertThat(report.requests()).isEqualTo(1);
    assertThat(report.failures()).isEqualTo(2);
    assertThat(report.firstFailure()).isEqualTo("1 by status, 1 by connection");
  }

  @Test
  void h2load_foreignLog_saysTheLine() throws Exception {
    String output = resource("h2load.txt");
    Path log = Files.writeString(folder.resolve("log"), "1\t200\t5\n1\t200\tsoon\n");

    assertThatThrownBy(() -> H2Load.read(output, log, 1))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("line 2");
  }

  @Test
  void h2load_foreignOutput_saysWhatCameInstead() throws Exception {
    Path log = log("h2load.log");

    assertThatThrownBy(() -> H2Load.read("no such option", log, 1))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("no such option");
  }
}
