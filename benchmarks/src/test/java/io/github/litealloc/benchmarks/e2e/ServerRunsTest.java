package io.github.litealloc.benchmarks.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.Jdk;
import io.github.litealloc.benchmarks.LeakDetection;
import io.github.litealloc.benchmarks.demo.load.LoadShape;
import io.github.litealloc.benchmarks.demo.server.Protocol;
import io.github.litealloc.benchmarks.e2e.process.ServerProcess;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers and loads in processes of their own, for a second. */
class ServerRunsTest {

  private static final Candidate HYBRID = Candidate.lite("hybrid");
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final int PATIENCE_SECONDS = 60;

  private final StringWriter progress = new StringWriter();

  private static EndToEndPlan.Setting setting(Protocol protocol, LoadTool tool) {
    return new EndToEndPlan.Setting(
        protocol, tool, LoadShape.STEADY, Jdk.running(), LeakDetection.SIMPLE);
  }

  private static EndToEndPlan plan(
      EndToEndPlan.Setting setting, Candidate candidate, int seconds, boolean isEncrypted) {
    Map<LoadTool, Path> programs = new EnumMap<>(LoadTool.class);
    String searchPath = Optional.ofNullable(System.getenv("PATH")).orElse("");
    for (LoadTool tool : LoadTool.values()) {
      tool.find(searchPath).ifPresent(program -> programs.put(tool, program));
    }
    return new EndToEndPlan(
        List.of(setting),
        List.of(candidate),
        1,
        1,
        seconds,
        4,
        1,
        1_024,
        isEncrypted,
        OptionalLong.of(64 << 20),
        programs);
  }

  private EndToEnd run(EndToEndPlan plan) {
    return new ServerRuns(plan, List.of("-Xmx64m")).run(LONG, new PrintWriter(progress));
  }

  private static void assertFigures(EndToEnd results) {
    assertThat(results.problem()).isEmpty();
    RunResult run = results.tables().get(0).rows().get(0).runs().get(0);
    assertThat(run.load().firstFailure()).isEmpty();
    assertThat(run.load().failures()).isZero();
    assertThat(run.load().requests()).isPositive();
    assertThat(run.load().p50Nanos()).isPositive();
    assertThat(run.load().p999Nanos()).isGreaterThanOrEqualTo(run.load().p50Nanos());
    assertThat(run.server().firstError()).isEmpty();
    assertThat(run.server().answered()).isPositive();
    assertThat(run.server().peakReserved()).isPositive();
    assertThat(run.server().youngCollections()).isNotNegative();
    assertThat(run.cpuNanosPerRequest()).isPositive();
    assertThat(run.server().series()).hasSizeGreaterThan(1);
  }

  @Test
  void run_http2ThroughTls_hasAllFiguresAndNoFailures() {
    assertFigures(run(plan(setting(Protocol.HTTP2, LoadTool.BUILT_IN), HYBRID, 2, true)));
    assertThat(progress.toString()).contains("round 1 of 1  HTTP/2, built-in, steady");
  }

  @Test
  void run_programs_hasAllFiguresAndNoFailures() {
    EndToEndPlan http1 =
        plan(setting(Protocol.HTTP1, LoadTool.WRK), Candidate.peer(AllocatorKind.POOLED), 2, false);
    EndToEndPlan http2 = plan(setting(Protocol.HTTP2, LoadTool.H2LOAD), HYBRID, 2, false);
    if (!"true".equals(System.getenv("CI"))) {
      assumeTrue(
          http1.programs().keySet().containsAll(List.of(LoadTool.WRK, LoadTool.H2LOAD)),
          "no load: apt-get install wrk nghttp2-client");
    }
    assertFigures(run(http1));
    assertFigures(run(http2));
  }

  /** A JDK that writes down with what it was started. */
  @Test
  void run_anotherJdkAndLevel_areTheServersAndNotTheLoads(@TempDir Path folder) throws Exception {
    Path started = folder.resolve("started");
    Path java =
        Files.writeString(
            folder.resolve("java"),
            "#!/bin/sh\necho \"$@\" >> "
                + started
                + "\nexec "
                + Jdk.running().executable()
                + " \"$@\"\n");
    assumeTrue(java.toFile().setExecutable(true));
    Jdk other = Jdk.at(java);
    Files.delete(started);
    EndToEndPlan.Setting setting =
        new EndToEndPlan.Setting(
            Protocol.HTTP1, LoadTool.BUILT_IN, LoadShape.STEADY, other, LeakDetection.DISABLED);

    EndToEnd results = run(plan(setting, HYBRID, 1, false));

    assertFigures(results);
    assertThat(results.machine().jdk()).isEqualTo(other.build());
    assertThat(Files.readAllLines(started))
        .singleElement()
        .asString()
        .contains("-Dio.netty.leakDetection.level=disabled", ServerProcess.class.getName())
        .doesNotContain("level=simple");
  }

  @Test
  void run_serverThatDoesNotStart_saysWhereItsReasonIs() {
    EndToEndPlan plan = plan(setting(Protocol.HTTP1, LoadTool.BUILT_IN), HYBRID, 1, false);
    ServerRuns runs = new ServerRuns(plan, List.of("-XX:NoSuchOption=1"));

    assertThatThrownBy(() -> runs.run(LONG, new PrintWriter(progress)))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("the server with lite (hybrid) ended with 1 before its time; see ")
        .hasMessageContaining("before there was any result");
  }

  @Test
  void run_serverThatDies_saysSoAndLeavesNobodyBehind() throws Exception {
    EndToEndPlan plan =
        plan(setting(Protocol.HTTP1, LoadTool.BUILT_IN), HYBRID, PATIENCE_SECONDS, false);
    List<ProcessHandle> killed = new ArrayList<>();
    Thread killer =
        new Thread(
            () -> {
              List<ProcessHandle> serverAndLoad = awaitTwoChildren();
              killed.addAll(serverAndLoad);
              serverAndLoad.stream().findFirst().ifPresent(ProcessHandle::destroyForcibly);
            });
    killer.start();

    assertThatThrownBy(() -> run(plan))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("the server with lite (hybrid) ended with 137 before its time");
    killer.join();
    assertThat(killed).hasSize(2).noneMatch(ProcessHandle::isAlive);
  }

  /** The first one is the server, which must be there before its load is. */
  private static List<ProcessHandle> awaitTwoChildren() {
    for (int i = 0; i < 100 * PATIENCE_SECONDS; i++) {
      List<ProcessHandle> children =
          ProcessHandle.current()
              .children()
              .sorted(
                  Comparator.comparing(child -> child.info().startInstant().orElse(Instant.MAX)))
              .toList();
      if (children.size() == 2) {
        return children;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(10);
      } catch (InterruptedException e) {
        return List.of();
      }
    }
    return List.of();
  }
}
