package io.github.litealloc.benchmarks.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Cli;
import io.github.litealloc.benchmarks.MeasuredLite;
import io.github.litealloc.benchmarks.TestJson;
import io.github.litealloc.benchmarks.record.Corpus;
import io.github.litealloc.benchmarks.record.Recordings;
import io.github.litealloc.benchmarks.record.Traffic;
import io.github.litealloc.benchmarks.record.TrafficSummary;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is checked in is whole, and every strategy serves it. */
class CorpusTest {

  private static final long CEILING = 256 << 20;

  /** A first chunk of each kind, and a usual one; a loop that has little live has no more. */
  private static final long BYTES_PER_LOOP = 768 << 10;

  private static final int TIMES_LIVE = 3;
  private static final int SLICE_EVENTS = 20_000;

  static Stream<Arguments> everything() {
    return Corpus.NAMES.stream()
        .flatMap(
            name -> Candidate.STRATEGIES.stream().map(strategy -> Arguments.of(name, strategy)));
  }

  @ParameterizedTest
  @MethodSource("everything")
  void corpus_onEachStrategy_reservesLittleMoreThanIsLiveAndLeavesNothing(
      String name, String strategy) throws Exception {
    Traffic traffic = Recordings.read(Corpus.path(name));
    TrafficSummary summary = new TrafficSummary(traffic);
    List<Slices.Slice> slices = Slices.of(traffic, TimeUnit.MILLISECONDS.toNanos(10), SLICE_EVENTS);
    try (MeasuredLite allocator = new MeasuredLite(Candidate.lite(strategy), name, CEILING);
        Workers workers = new Workers(traffic)) {
      Player player =
          new Player(traffic, new Turns(traffic), allocator.allocator(), workers, false);

      player.play(slices, Double.POSITIVE_INFINITY);

      assertThat(player.played()).isEqualTo(traffic.events());
      assertThat(player.refused()).isZero();
      assertThat(allocator.fallbackShare()).isZero();
      assertThat(allocator.peakReservedBytes())
          .isLessThanOrEqualTo(
              TIMES_LIVE * summary.peakLiveBytes() + BYTES_PER_LOOP * summary.loops());
      allocator.allocator().trim();
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (allocator.usedBytes().orElseThrow() > 0 && System.nanoTime() < until) {
        Thread.sleep(5);
      }
      assertThat(allocator.usedBytes()).hasValue(0);
    }
  }

  @Test
  void corpus_written_isWhatCanBeReadByName(@TempDir Path folder) {
    Path inside = folder.resolve("new");

    Cli cli = Cli.run("corpus", inside.toString(), "--recordings=grpc,redis");

    assertThat(cli.exitCode()).as(cli.err()).isZero();
    assertThat(inside.toFile().list())
        .containsExactlyInAnyOrder("grpc.litealloc", "redis.litealloc");
    assertThat(Recordings.read(inside.resolve("grpc.litealloc")).events())
        .isEqualTo(Recordings.read(Corpus.path("grpc")).events());
  }

  @Test
  void corpus_shown_hasThePromisedKindsOfTraffic() {
    Cli cli = Cli.run("corpus");

    assertThat(cli.exitCode()).as(cli.err()).isZero();
    Corpus.NAMES.forEach(name -> assertThat(cli.out()).contains("corpus:" + name));
    // Two groups hand buffers to each other; who reads slowly has much waiting for him.
    assertThat(summary("websocket-proxy").remoteShare()).isGreaterThan(0.1);
    assertThat(summary("websocket-proxy").loops()).isEqualTo(8);
    assertThat(summary("slow-readers").meanLiveBytes())
        .isGreaterThan(10 * summary("http1-small").meanLiveBytes());
    assertThat(summary("redis").liveAtEnd()).isPositive();
  }

  private static TrafficSummary summary(String name) {
    return new TrafficSummary(Recordings.read(Corpus.path(name)));
  }

  @Test
  void corpus_unknownName_isAnErrorThatNamesThem() {
    Cli cli = Cli.run("replay", "corpus:http3");

    assertThat(cli.exitCode()).isEqualTo(1);
    assertThat(cli.err()).contains("corpus:http3: no such recording", "websocket-proxy");
  }

  @Test
  void corpus_replayed_printsALineForEachRecordingAndWritesItsJson(@TempDir Path folder)
      throws Exception {
    Path json = folder.resolve("new");

    Cli cli =
        Cli.run(
            "corpus",
            "--replay",
            "--recordings=grpc",
            "--allocators=hybrid,pooled",
            "--json=" + json);

    assertThat(cli.exitCode()).as(cli.err()).isZero();
    assertThat(cli.out())
        .contains("| recording | live | `hybrid` | `pooled` |", "Nanoseconds for each")
        .containsPattern("\\| `grpc` \\| [\\d.]+ \\w+ \\| [\\d.]+ KiB \\| [\\d.]+ MiB \\|");
    assertThat(json.toFile().list()).containsExactly("grpc.json");
    assertThat(TestJson.read(json.resolve("grpc.json"))).containsKeys("results", "traffic");
  }

  @Test
  void corpus_jsonOfNoReplay_isRefused(@TempDir Path folder) {
    Cli cli = Cli.run("corpus", "--json=" + folder);

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).contains("--json", "--replay with it");
  }
}
