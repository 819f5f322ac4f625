package io.github.litealloc.benchmarks.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.Cli;
import io.github.litealloc.benchmarks.TestJson;
import io.github.litealloc.benchmarks.record.MadeUpTraffic;
import io.github.litealloc.benchmarks.record.Traffic;
import io.github.litealloc.benchmarks.record.TrafficFile;
import io.github.litealloc.benchmarks.record.TrafficSummary;
import java.nio.file.Path;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScaleTest {

  private final Traffic traffic = MadeUpTraffic.random(11, 4_000);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 64})
  void scaled_theSameLoad_keepsAllEventsAndUsesTheLoops(int loops) {
    Traffic scaled = Scaled.of(traffic, Scaled.Load.SAME, loops, 1);

    assertThat(scaled.events()).isEqualTo(traffic.events());
    assertThat(scaled.threads()).isEqualTo(loops + 1);
    BitSet used = new BitSet();
    for (int event = 0; event < traffic.events(); event++) {
      assertThat(scaled.kind(event)).isEqualTo(traffic.kind(event));
      assertThat(scaled.buffer(event)).isEqualTo(traffic.buffer(event));
      assertThat(scaled.size(event)).isEqualTo(traffic.size(event));
      assertThat(scaled.nanos(event)).isEqualTo(traffic.nanos(event));
      // Who is no loop stays none.
      assertThat(scaled.thread(event) == loops).isEqualTo(!traffic.isLoop(traffic.thread(event)));
      used.set(scaled.thread(event));
    }
    // Ten milliseconds of two loops are some twenty bursts.
    assertThat(used.cardinality()).isGreaterThan(Math.min(loops, 8));
    assertThat(remoteAtHome(scaled)).isZero();
  }

  /** Counts what a thread has released itself, and no more does. */
  private long remoteAtHome(Traffic scaled) {
    int[] before = new int[traffic.buffers()];
    int[] now = new int[traffic.buffers()];
    long count = 0;
    for (int event = 0; event < traffic.events(); event++) {
      int buffer = traffic.buffer(event);
      if (traffic.kind(event) == Traffic.Kind.ALLOCATE) {
        before[buffer] = traffic.thread(event);
        now[buffer] = scaled.thread(event);
      } else if (before[buffer] == traffic.thread(event) && now[buffer] != scaled.thread(event)) {
        count++;
      }
    }
    return count;
  }

  @Test
  void scaled_growingLoad_hasACopyForEachPairOfLoops() {
    long own = loopBuffers(Scaled.of(traffic, Scaled.Load.GROWS, 2, 1));
    Traffic scaled = Scaled.of(traffic, Scaled.Load.GROWS, 8, 1);

    assertThat(own).isEqualTo(loopBuffers(traffic));
    assertThat(loopBuffers(scaled)).isEqualTo(4 * own);
    assertThat(new TrafficSummary(scaled).liveAtEnd())
        .isEqualTo(4 * new TrafficSummary(traffic).liveAtEnd());
    for (int event = 1; event < scaled.events(); event++) {
      assertThat(scaled.nanos(event)).isGreaterThanOrEqualTo(scaled.nanos(event - 1));
    }
    Traffic one = Scaled.of(traffic, Scaled.Load.GROWS, 1, 1);
    assertThat(loopBuffers(one)).isBetween(own / 3, 2 * own / 3);
  }

  private static long loopBuffers(Traffic traffic) {
    long count = 0;
    for (int event = 0; event < traffic.events(); event++) {
      count +=
          traffic.kind(event) == Traffic.Kind.ALLOCATE && traffic.isLoop(traffic.thread(event))
              ? 1
              : 0;
    }
    return count;
  }

  @ParameterizedTest
  @EnumSource
  void scale_twoNumbersOfLoops_printsALineForEach(Scaled.Load load, @TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("app.litealloc");
    Path json = folder.resolve("scale.json");
    TrafficFile.write(file, traffic);

    Cli cli =
        Cli.run(
            "scale",
            file.toString(),
            "--loops=2,32",
            "--allocators=hybrid",
            "--load=" + load,
            "--json=" + json);

    assertThat(cli.exitCode()).as(cli.err()).isZero();
    assertThat(cli.out())
        .contains(
            "| loops | processors told | with buffers | asked, each | own peak, each | live, peak | `hybrid` reserved, peak | by the model |")
        .containsPattern("\\| 2 \\| 1 \\| 2 \\| [^\\n]*B \\([+-]\\d+ %\\) \\|")
        .containsPattern("\\| 32 \\| 16 \\| \\d+ \\| [^\\n]*B \\|")
        .containsPattern("it is off by [+-]\\d+ % to [+-]\\d+ % at these 2 points")
        .doesNotContain("REFUSED", "not from an arena", "ENDED");
    assertThat(TestJson.read(json).toString())
        .contains(
            "load=" + load,
            "forks=1",
            "-XX:+AlwaysPreTouch",
            "-Dio.netty.availableProcessors=1]",
            "-Dio.netty.availableProcessors=16]",
            "traffic={",
            "loops=32",
            "loopsWithBuffers=2",
            "modelBytes=",
            "playedShare=1");
    // What differs from process to process is with its point only.
    assertThat(TestJson.read(json).get("jvmOptions").toString())
        .contains("-XX:MaxDirectMemorySize=")
        .doesNotContain("availableProcessors");
    assertThat(cli.out()).contains("JVM options     -D");
    Path page = folder.resolve("page.html");
    Cli report = Cli.run("report", json.toString(), "--out=" + page);
    assertThat(report.exitCode()).as(report.err()).isZero();
    assertThat(page).isNotEmptyFile();
  }

  @Test
  void scale_onePoint_isOne(@TempDir Path folder) {
    Path file = folder.resolve("app.litealloc");
    TrafficFile.write(file, traffic);

    Cli cli = Cli.run("scale", file.toString(), "--loops=2", "--allocators=hybrid");

    assertThat(cli.out()).containsPattern("it is off by [+-]\\d+ % to [+-]\\d+ % at this point\\.");
  }

  @Test
  void scale_moreThanTheMachineIsToBear_isRefused(@TempDir Path folder) {
    Path file = folder.resolve("app.litealloc");
    TrafficFile.write(file, traffic);

    Cli cli = Cli.run("scale", file.toString(), "--load=grows", "--loops=1024");

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err())
        .contains("--loops: 1024, each with the load of a recorded one", "--load same");
  }

  @Test
  void scale_recordingThatIsTooLargeOnAnyLoops_saysSo(@TempDir Path folder) {
    Path file = folder.resolve("app.litealloc");
    Traffic.Builder builder = new Traffic.Builder();
    builder.allocate(0, 0, 600_000_000);
    TrafficFile.write(file, builder.build(new boolean[] {true}, Traffic.Losses.NONE));

    Cli cli = Cli.run("scale", file.toString(), "--loops=1");

    assertThat(cli.exitCode()).isEqualTo(1);
    assertThat(cli.err()).contains(file + ": with 572.2 MiB live", "record less");
  }

  @Test
  void scale_withoutEventLoops_isRefused(@TempDir Path folder) {
    Path file = folder.resolve("app.litealloc");
    Traffic.Builder builder = new Traffic.Builder();
    builder.allocate(0, 0, 100);
    TrafficFile.write(file, builder.build(new boolean[] {false}, Traffic.Losses.NONE));

    Cli cli = Cli.run("scale", file.toString());

    assertThat(cli.exitCode()).isEqualTo(1);
    assertThat(cli.err()).contains("no thread in it is an event loop");
  }
}
