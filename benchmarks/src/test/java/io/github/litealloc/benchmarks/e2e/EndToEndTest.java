package io.github.litealloc.benchmarks.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Jdk;
import io.github.litealloc.benchmarks.JsonFile;
import io.github.litealloc.benchmarks.LeakDetection;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.Rounds;
import io.github.litealloc.benchmarks.TestJson;
import io.github.litealloc.benchmarks.demo.load.LoadShape;
import io.github.litealloc.benchmarks.demo.server.Protocol;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said about results that nobody measured. */
class EndToEndTest {

  private static final Candidate HYBRID = Candidate.lite("hybrid");
  private static final Candidate POOLED = Candidate.peer(AllocatorKind.POOLED);
  private static final Machine MACHINE =
      new Machine("a made-up CPU, 2 cores", "99 (nobody)", "abc1234", "2026-01-01T00:00:00Z", 0.25);
  private static final Jdk JDK = new Jdk(Path.of("java"), "99.0.1", "99.0.1+2 (nobody)");
  private static final EndToEndPlan.Setting WRK =
      new EndToEndPlan.Setting(
          Protocol.HTTP1, LoadTool.WRK, LoadShape.STEADY, JDK, LeakDetection.SIMPLE);
  private static final EndToEndPlan.Setting BURSTS =
      new EndToEndPlan.Setting(
          Protocol.HTTP2, LoadTool.BUILT_IN, LoadShape.BURSTS, JDK, LeakDetection.DISABLED);
  private static final EndToEndPlan PLAN =
      new EndToEndPlan(
          List.of(WRK, BURSTS),
          List.of(HYBRID, POOLED),
          3,
          1,
          2,
          4,
          1,
          1_024,
          false,
          OptionalLong.empty(),
          Map.of());

  @TempDir private Path folder;

  /** Each server: requests in two seconds, and processor time of each in nanoseconds. */
  private static List<RunResult> runs(long[] requests, long cpuNanos, long failures) {
    return runs(requests, cpuNanos, failures, 0);
  }

  private static List<RunResult> runs(
      long[] requests, long cpuNanos, long failures, double fallbackShare) {
    List<RunResult> runs = new ArrayList<>();
    for (long count : requests) {
      runs.add(
          new RunResult(
              new LoadReport(
                  count, 2, 1e6, 2e6, 3e6, 0, failures, failures == 0 ? "" : "status 500"),
              new ServerReport(
                  count,
                  count * (cpuNanos + count % 7),
                  4,
                  8 << 20,
                  fallbackShare,
                  0,
                  "",
                  List.of(
                      new ServerReport.Look(0, 1 << 20, 5 << 20),
                      new ServerReport.Look(50, 2 << 20, 3 << 20)))));
    }
    return runs;
  }

  private static EndToEnd results(List<RunResult> ours, List<RunResult> theirs) {
    Map<EndToEndPlan.Run, List<RunResult>> figures = new LinkedHashMap<>();
    figures.put(new EndToEndPlan.Run(WRK, HYBRID), ours);
    figures.put(new EndToEndPlan.Run(WRK, POOLED), theirs);
    return EndToEnd.of(
        PLAN, MACHINE, List.of("-Xmx1g"), new Rounds.Results<>(ours.size(), figures, ""));
  }

  private static String text(EndToEnd results) {
    StringWriter out = new StringWriter();
    EndToEndText.print(results, new PrintWriter(out));
    return out.toString();
  }

  @Test
  void print_roundsDifferAsMuchAsAllocators_saysThatNoneDiffers() {
    long[] ours = {1_000, 1_200, 900};
    long[] theirs = {1_100, 1_000, 1_000};

    String text = text(results(runs(ours, 20_000, 0), runs(theirs, 20_000, 0)));

    assertThat(text)
        .contains(
            "HTTP/1.1, wrk, steady", "lite (hybrid) beside pooled: no difference beyond noise")
        .contains("No allocator differs from another one beyond noise.")
        .contains("500 (450 - 600)") // requests/s: the median, the least and the most
        .contains("young collections", "resident peak, MiB", "p99.9, ms")
        .doesNotContain("FAILED", "HTTP/2");
  }

  @Test
  void print_allRoundsSayTheSame_saysWhatDiffersAndWhichIsBetter() {
    long[] ours = {1_000, 1_010, 990};
    long[] theirs = {500, 506, 494};

    String text = text(results(runs(ours, 30_000, 0), runs(theirs, 20_000, 0)));

    assertThat(text)
        .containsPattern("beside pooled: requests/s 2(\\.00)? x \\([\\d.]+ - [\\d.]+\\) better")
        .containsPattern("cpu/request 1.50 x \\([\\d.]+ - [\\d.]+\\) worse")
        .contains("the rest within noise")
        .doesNotContain("No allocator differs");
  }

  @Test
  void print_oneRound_saysNothingOfNoise() {
    String text =
        text(results(runs(new long[] {1_000}, 20_000, 0), runs(new long[] {500}, 20_000, 0)));

    assertThat(text)
        .contains("one round, so nobody knows what is noise", "servers         1 each")
        .doesNotContain("No allocator differs");
  }

  @Test
  void print_fewBuffersFromElsewhere_areNotNone() {
    long[] requests = {1_000, 1_000};

    String few = text(results(runs(requests, 1, 0, 1e-6), runs(requests, 1, 0)));
    String none = text(results(runs(requests, 1, 0, 0), runs(requests, 1, 0)));

    assertThat(few).containsPattern("not from arenas +less than 0\\.01 % +-");
    assertThat(none).containsPattern("not from arenas +0\\.00 % +-");
  }

  @Test
  void print_failures_areSaidWithTheirReason() {
    EndToEnd results =
        results(runs(new long[] {1_000, 1_000}, 20_000, 3), runs(new long[] {0, 1_000}, 20_000, 0));

    assertThat(results.hasFailures()).isTrue();
    assertThat(text(results))
        .contains("lite (hybrid): FAILED: 6 requests: status 500")
        .contains("pooled: FAILED: a server has answered nothing; 0 requests")
        .containsPattern("beside pooled: .*; but requests have failed: see above")
        .doesNotContain("No allocator differs")
        .contains("unknown"); // how long nothing took
  }

  @Test
  void hasFailures_allAnswered_isFalse() {
    long[] requests = {1_000, 1_000};

    assertThat(results(runs(requests, 1, 0), runs(requests, 1, 0)).hasFailures()).isFalse();
  }

  @Test
  void write_json_hasEachServerAndTheRatios() throws Exception {
    EndToEnd results =
        results(runs(new long[] {1_000, 1_010}, 30_000, 0), runs(new long[] {0, 505}, 20_000, 0));
    Path file = folder.resolve("e2e.json");

    JsonFile.write(file, json -> EndToEndJson.write(results, json));

    Map<String, Object> json = TestJson.read(file);
    assertThat(json).containsEntry("seconds", 2L).containsEntry("tls", false);
    assertThat(json.toString())
        .contains("load=wrk", "traffic=steady", "strategy=hybrid", "requestsPerSecond=505")
        .contains("p99Nanos=null", "cpuNanosPerRequest=null") // of the one that answered nothing
        .contains("residentAtEnd=3145728", "peakResident=5242880", "ratioTo={pooled={");
  }

  @Test
  void write_json_saysOnWhatServersRan() throws Exception {
    Path file = folder.resolve("e2e.json");
    long[] requests = {1_000, 1_010};
    EndToEnd results = results(runs(requests, 1, 0), runs(requests, 1, 0));

    JsonFile.write(file, json -> EndToEndJson.write(results, json));

    assertThat(TestJson.read(file).toString())
        .contains("java=99.0.1, jdk=99.0.1+2 (nobody), leakDetection=simple");
  }

  @Test
  void print_markdown_hasATableForEachLoadAndWhatDiffers() {
    long[] ours = {1_000, 1_010, 990};
    long[] theirs = {500, 506, 494};
    StringWriter out = new StringWriter();

    EndToEndMarkdown.print(
        results(runs(ours, 30_000, 0, 1e-6), runs(theirs, 20_000, 2)), new PrintWriter(out));

    assertThat(out.toString())
        .contains("a made-up CPU, 2 cores; JDK 99 (nobody); commit abc1234; 2026-01-01T00:00:00Z;")
        .contains(
            "| HTTP/1.1, wrk, steady; Java 99.0.1, simple | `hybrid` | `pooled` |\n|---|---|---|")
        .contains("| requests/s | 500 (495 - 505) | 250 (247 - 253) |")
        .contains("| not from arenas | less than 0.01 % | - |")
        .contains("**`pooled` failed: 6 requests: status 500.**")
        .containsPattern(
            "- HTTP/1.1, .*: `hybrid` beside `pooled`: requests/s 2.00 x .* better, .*; but requests")
        .doesNotContain("No allocator differs", "HTTP/2");
  }

  @Test
  void round_each_beginsWithAnotherCandidate() {
    assertThat(PLAN.round(0))
        .extracting(EndToEndPlan.Run::candidate)
        .containsExactly(HYBRID, POOLED, HYBRID, POOLED);
    assertThat(PLAN.round(1))
        .extracting(EndToEndPlan.Run::candidate)
        .containsExactly(POOLED, HYBRID, POOLED, HYBRID);
  }
}
