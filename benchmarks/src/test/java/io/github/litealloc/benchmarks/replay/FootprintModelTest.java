package io.github.litealloc.benchmarks.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.record.MadeUpTraffic;
import io.github.litealloc.benchmarks.record.Recordings;
import io.github.litealloc.benchmarks.record.Traffic;
import io.github.litealloc.benchmarks.record.TrafficSummary;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The model beside what was measured, and what {@code docs/replay.md} says of both. */
class FootprintModelTest {

  private static final Path PAGE = Path.of("..", "docs", "replay.md");
  private static final long SEED = 1;
  private static final double QUARTER = 0.25;

  /** One line of what was measured: where, and what each strategy reserved. */
  private record Point(LoopDemand demand, Map<String, Long> reserved) {}

  private static List<Point> points() throws Exception {
    List<String> lines = new ArrayList<>();
    try (InputStream file = FootprintModelTest.class.getResourceAsStream("footprint.csv")) {
      assertThat(file).isNotNull();
      new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(lines::add);
    }
    List<String> names = List.of(lines.remove(0).split(","));
    List<Point> points = new ArrayList<>();
    for (String line : lines) {
      String[] cells = line.split(",");
      Traffic traffic = Recordings.read(Path.of("corpus:" + cells[0]));
      Scaled.Load load = Scaled.Load.valueOf(cells[1].toUpperCase(Locale.ROOT));
      Traffic scaled = Scaled.of(traffic, load, Integer.parseInt(cells[2]), SEED);
      Map<String, Long> reserved = new TreeMap<>();
      for (int i = 3; i < cells.length; i++) {
        reserved.put(names.get(i), Long.parseLong(cells[i]));
      }
      points.add(new Point(LoopDemand.of(new TrafficSummary(scaled)), reserved));
    }
    return points;
  }

  @Test
  void reservedBytes_ofAllRecordedPoints_isOffAsTheDocumentationSays() throws Exception {
    List<Point> points = points();
    assertThat(points).hasSize(33);
    String page = Files.readString(PAGE);

    for (FootprintModel model : FootprintModel.values()) {
      double least = 0;
      double most = 0;
      int near = 0;
      for (Point point : points) {
        double measured = point.reserved().get(model.strategy());
        double error = model.reservedBytes(point.demand()) / measured - 1;
        least = Math.min(least, error);
        most = Math.max(most, error);
        near += Math.abs(error) <= QUARTER ? 1 : 0;
      }
      String row =
          String.format(
              Locale.ROOT,
              "%s %.0f %% to +%.0f %% | %d |",
              model.row(),
              100 * least,
              100 * most,
              near);
      assertThat(page).contains(row);
    }
  }

  @Test
  void reservedBytes_loopsThatAreBusyForLong_isWhatIsLiveAndTheMostThatTheyKeep() {
    long mib = 1 << 20;
    LoopDemand busy = new LoopDemand(16, 16 * 1_000 * mib, 16 * mib, 8 * mib);

    assertThat(FootprintModel.HYBRID.reservedBytes(busy)).isEqualTo((long) (11.5 * mib));
    assertThat(FootprintModel.FREE_LIST.reservedBytes(busy)).isEqualTo(10 * mib);
  }

  @Test
  void reservedBytes_loopsWithLittle_keepOneChunk() {
    LoopDemand little = new LoopDemand(100, 100 * 10_000, 100 * 1_000, 20_000);

    for (FootprintModel model : FootprintModel.values()) {
      assertThat(model.reservedBytes(little)).isEqualTo(20_000 + 100 * 65_536);
    }
  }

  @Test
  void of_strategiesAndPeers_isOfOursOnly() {
    for (Candidate candidate : ReplayRuns.everybody()) {
      assertThat(FootprintModel.of(candidate).isPresent())
          .isEqualTo(Candidate.STRATEGIES.contains(candidate.id()));
    }
  }

  @Test
  void demand_ofTraffic_countsLoopsByWhatTheyAllocated() {
    Traffic.Builder builder = new Traffic.Builder();
    int first = builder.allocate(0, 0, 1_000);
    int second = builder.allocate(1, 1, 500);
    builder.resize(2, 0, first, 3_000);
    builder.release(3, 1, first); // on another loop: it was the first one's
    builder.release(4, 1, second);
    builder.allocate(5, 0, 100);
    builder.allocate(6, 2, 7_000); // no loop
    Traffic traffic = builder.build(new boolean[] {true, true, false, true}, Traffic.Losses.NONE);

    assertThat(LoopDemand.of(new TrafficSummary(traffic)))
        .isEqualTo(new LoopDemand(2, 1_000 + 3_000 + 500 + 100, 3_000 + 500, 7_100));
    assertThat(LoopDemand.of(new TrafficSummary(MadeUpTraffic.random(1, 0))))
        .isEqualTo(new LoopDemand(0, 0, 0, 0));
  }
}
