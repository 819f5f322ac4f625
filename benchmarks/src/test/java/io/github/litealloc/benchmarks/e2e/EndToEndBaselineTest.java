package io.github.litealloc.benchmarks.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Cli;
import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.Jdk;
import io.github.litealloc.benchmarks.JsonFile;
import io.github.litealloc.benchmarks.LeakDetection;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.Rounds;
import io.github.litealloc.benchmarks.TestJson;
import io.github.litealloc.benchmarks.baseline.ChangeTable;
import io.github.litealloc.benchmarks.demo.load.LoadShape;
import io.github.litealloc.benchmarks.demo.server.Protocol;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers of then beside servers of now; but for the last test, nobody measured them. */
class EndToEndBaselineTest {

  private static final Candidate HYBRID = Candidate.lite("hybrid");
  private static final Candidate POOLED = Candidate.peer(AllocatorKind.POOLED);
  private static final Candidate ADAPTIVE = Candidate.peer(AllocatorKind.ADAPTIVE);
  private static final EndToEndPlan.Setting SETTING =
      new EndToEndPlan.Setting(
          Protocol.HTTP1,
          LoadTool.BUILT_IN,
          LoadShape.STEADY,
          Jdk.running(),
          LeakDetection.DISABLED);

  @TempDir private Path folder;

  private static EndToEndPlan plan(int connections) {
    return plan(connections, POOLED);
  }

  private static EndToEndPlan plan(int connections, Candidate peer) {
    return new EndToEndPlan(
        List.of(SETTING),
        List.of(HYBRID, peer),
        3,
        1,
        1,
        connections,
        1,
        1_024,
        false,
        OptionalLong.empty(),
        Map.of());
  }

  /** A server: requests in a second, latencies, and what is reserved at most. */
  private static RunResult server(
      long requests, double nanos, long reserved, long resident, long failures) {
    return new RunResult(
        new LoadReport(requests, 1, nanos, nanos, nanos, 0, failures, ""),
        new ServerReport(
            requests,
            requests * 20_000,
            1,
            reserved,
            0,
            0,
            "",
            List.of(new ServerReport.Look(0, reserved, resident))));
  }

  private static List<RunResult> peers() {
    return List.of(
        server(1_000, 1e6, 8 << 20, 40 << 20, 0),
        server(1_010, 1e6, 8 << 20, 40 << 20, 0),
        server(990, 1e6, 8 << 20, 40 << 20, 0));
  }

  private static EndToEnd results(int connections, List<RunResult> ours) {
    return results(connections, ours, POOLED);
  }

  private static EndToEnd results(int connections, List<RunResult> ours, Candidate peer) {
    Map<EndToEndPlan.Run, List<RunResult>> figures = new LinkedHashMap<>();
    figures.put(new EndToEndPlan.Run(SETTING, HYBRID), ours);
    figures.put(new EndToEndPlan.Run(SETTING, peer), peers().subList(0, ours.size()));
    return EndToEnd.of(
        plan(connections, peer),
        new Machine("a made-up CPU", "99 (nobody)", "abc1234", "2026-01-01T00:00:00Z", 0),
        List.of(),
        new Rounds.Results<>(ours.size(), figures, ""));
  }

  private Path file(EndToEnd results) {
    Path file = folder.resolve("before.json");
    JsonFile.write(file, json -> EndToEndJson.write(results, json));
    return file;
  }

  private static List<RunResult> ours(long requests, double nanos, long reserved, long resident) {
    List<RunResult> servers = new ArrayList<>();
    for (int percent = 99; percent <= 101; percent++) {
      servers.add(server(requests * percent / 100, nanos, reserved, resident, 0));
    }
    return servers;
  }

  private String changes(List<RunResult> then, List<RunResult> now, double margin) {
    EndToEndBaseline baseline = EndToEndBaseline.read(file(results(4, then)));
    ChangeTable changes = baseline.changes(results(4, now), margin);
    StringWriter out = new StringWriter();
    changes.print(
        baseline.file().name(), EndToEndBaseline.EXPLANATION, false, new PrintWriter(out));
    boolean isSaid = out.toString().contains("  worse\n");
    assertThat(changes.isAnythingWorse()).isEqualTo(isSaid);
    return out.toString();
  }

  @Test
  void changes_nothing_isTheSame() {
    List<RunResult> servers = ours(1_000, 1e6, 1 << 20, 30 << 20);

    assertThat(changes(servers, servers, 0))
        .contains("before.json, commit abc1234")
        .contains("requests/s x pooled", "p99.9 x pooled", "reserved end", "failed")
        .contains("HTTP/1.1, built-in, steady; Java ", "lite (hybrid)")
        .doesNotContain("  worse\n", "  better\n", "  undecided\n");
  }

  @Test
  void changes_half_isWorseAndTheOtherWayRoundBetter() {
    List<RunResult> good = ours(1_000, 1e6, 1 << 20, 30 << 20);
    List<RunResult> bad = ours(500, 2e6, 2 << 20, 60 << 20);

    assertThat(changes(good, bad, 0.1))
        .containsPattern("requests/s x pooled +1\\.00 +0\\.50 +worse")
        .containsPattern("p50 x pooled +1\\.00 +2\\.00 +worse")
        .containsPattern("resident peak x pooled +0\\.75 +1\\.50 +worse")
        .containsPattern("reserved peak +1\\.00 MiB +2\\.00 MiB +worse");
    assertThat(changes(bad, good, 0.1))
        .containsPattern("requests/s x pooled +0\\.50 +1\\.00 +better")
        .containsPattern("p50 x pooled +2\\.00 +1\\.00 +better")
        .containsPattern("reserved peak +2\\.00 MiB +1\\.00 MiB +better");
  }

  @Test
  void changes_withinMarginOrNoise_areTheSame() {
    List<RunResult> then = ours(1_000, 1e6, 1 << 20, 30 << 20);

    assertThat(changes(then, ours(950, 1.05e6, 1_100_000, 31 << 20), 0.1))
        .doesNotContain("  worse\n");
    // On average half as many, but once as many as before: nobody knows.
    List<RunResult> noisy =
        List.of(
            server(1_000, 1e6, 1 << 20, 30 << 20, 0),
            server(250, 1e6, 1 << 20, 30 << 20, 0),
            server(400, 1e6, 1 << 20, 30 << 20, 0));
    assertThat(changes(then, noisy, 0.1)).doesNotContain("  worse\n");
  }

  @Test
  void changes_oneServer_isUndecided() {
    List<RunResult> one = ours(1_000, 1e6, 1 << 20, 30 << 20).subList(0, 1);

    assertThat(changes(one, ours(500, 9e6, 9 << 20, 90 << 20), 0.1))
        .containsPattern("requests/s x pooled +\\S+ +\\S+ +undecided")
        .containsPattern("reserved peak +1\\.00 MiB +9\\.00 MiB +undecided")
        .doesNotContain("  worse\n");
  }

  @Test
  void changes_moreFailures_areWorseHoweverQuickTheRestIs() {
    List<RunResult> then = ours(1_000, 1e6, 1 << 20, 30 << 20);
    List<RunResult> failing =
        List.of(
            server(1_000, 1e5, 1 << 20, 30 << 20, 500),
            server(1_000, 1e5, 1 << 20, 30 << 20, 400),
            server(0, 1e5, 1 << 20, 30 << 20, 0));

    assertThat(changes(then, failing, 0.1))
        .containsPattern("failed +0\\.00 % +28\\.57 % - 100\\.00 % +worse");
  }

  @Test
  void read_fileOfBeforeThereWereJdks_isOfThatWhichRanAndOfNettysDefault() throws Exception {
    Path file = file(results(4, ours(1_000, 1e6, 1 << 20, 30 << 20)));
    String old =
        Files.readString(file)
            .replaceAll("\"(java|leakDetection)\" : .*\n", "")
            .replace("99 (nobody)", Runtime.version().feature() + ".0.15+6 (nobody)");
    Files.writeString(file, old);

    assertThat(EndToEndBaseline.read(file).missing(plan(4)))
        .as("measured with simple, asked for with disabled")
        .hasSize(1);
    EndToEndPlan.Setting simple =
        new EndToEndPlan.Setting(
            Protocol.HTTP1,
            LoadTool.BUILT_IN,
            LoadShape.STEADY,
            Jdk.running(),
            LeakDetection.SIMPLE);
    EndToEndPlan plan =
        new EndToEndPlan(
            List.of(simple),
            List.of(HYBRID, POOLED),
            1,
            1,
            1,
            4,
            1,
            1_024,
            false,
            OptionalLong.empty(),
            Map.of());
    assertThat(EndToEndBaseline.read(file).missing(plan)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"results\": [{\"allocator\": \"lite\", \"scenario\": \"growth\"}]}",
        "{"
      })
  void read_otherFile_isRefusedByName(String text) throws Exception {
    Path other = Files.writeString(folder.resolve("other.json"), text);

    assertThatThrownBy(() -> EndToEndBaseline.read(other))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining(other.toString());
  }

  private static Cli compare(Path baseline, Object... more) {
    List<String> args = new ArrayList<>(List.of("compare", "--e2e", "--baseline=" + baseline));
    for (Object each : more) {
      args.add(each.toString());
    }
    return Cli.run(args.toArray(new String[0]));
  }

  @Test
  void compare_otherOptionsOrNothingInCommon_isRefusedBeforeAnythingIsMeasured() {
    Path file = file(results(4, ours(1_000, 1e6, 1 << 20, 30 << 20)));

    Cli other = compare(file, "--connections=5", "--loops=1");
    Cli nothing =
        compare(
            file,
            "--connections=4",
            "--loops=1",
            "--loads=built-in",
            "--protocols=http2",
            "--leak-detection=disabled");

    assertThat(other.exitCode()).isEqualTo(2);
    assertThat(other.err())
        .contains("--baseline: " + file + ", measured with other options than these")
        .contains("(expected: --connections 4, as then; or measure it anew)");
    assertThat(nothing.exitCode()).isEqualTo(2);
    assertThat(nothing.err())
        .contains("which has nothing of what is to be measured: lite (hybrid), HTTP/2, built-in");
    assertThat(other.out() + nothing.out()).isEmpty();
  }

  /**
   * Two servers of each allocator, beside a past in which ours needed next to no memory: of all
   * that is compared beside peers, a busy machine disturbs that the least.
   */
  @Test
  void compare_worseThanTheBaseline_isExitCodeOneInMarkdown() throws Exception {
    EndToEnd impossible = results(4, ours(1_000, 1e6, 1 << 20, 1), ADAPTIVE);
    Path before = file(impossible);
    Path json = folder.resolve("now.json");

    Cli cli =
        compare(
            before,
            "--connections=4",
            "--loops=1",
            "--loads=built-in",
            "--protocols=http1",
            "--duration=1s",
            "--warm-up=1s",
            "--forks=2",
            "--java=" + System.getProperty("java.home"),
            "--leak-detection=disabled",
            "--markdown",
            "--margin=20%",
            "--max-direct=1g",
            "--json=" + json);

    assertThat(cli.exitCode()).as(cli.err()).isEqualTo(1);
    assertThat(cli.err()).contains("1 setting x 3 allocators x 2 forks: about");
    assertThat(cli.out())
        .containsPattern("\\| HTTP/1.1, built-in, steady; Java \\S+, disabled \\| `hybrid` \\|")
        .contains("Since " + before)
        .containsPattern("\\| resident peak x adaptive \\| 0.00 \\| \\S+ \\| worse \\|")
        .doesNotContain("` failed:");
    assertThat(TestJson.read(json).toString()).contains("leakDetection=disabled");
  }
}
