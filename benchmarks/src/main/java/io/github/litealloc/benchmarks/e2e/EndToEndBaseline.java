package io.github.litealloc.benchmarks.e2e;

import static io.github.litealloc.benchmarks.baseline.BaselineFile.feature;
import static io.github.litealloc.benchmarks.baseline.BaselineFile.number;
import static io.github.litealloc.benchmarks.baseline.BaselineFile.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.LeakDetection;
import io.github.litealloc.benchmarks.Ratio;
import io.github.litealloc.benchmarks.Spread;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.baseline.BaselineFile;
import io.github.litealloc.benchmarks.baseline.ChangeTable;
import io.github.litealloc.benchmarks.baseline.Trend;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The results of an earlier comparison of servers, to compare with.
 *
 * @param file with them
 */
record EndToEndBaseline(BaselineFile file) {
  /*
   * Rates, times and the resident set are compared as ratios to a peer that was measured in the same rounds: the
   * machine may have been another one, or busier, and much of a resident set is the JVM's. What the allocator
   * reserves follows from the load, and is compared in bytes. Collections are too few to be compared.
   */

  static final String EXPLANATION =
      "x: times the peer's, in the same rounds. better, worse: the 95 % intervals do not touch, and it is"
          + " worse by more than --margin. undecided: one server. failed: the share of requests, by the"
          + " server with the least and the one with the most.";

  private static final List<String> COLUMNS = List.of("load", "allocator");
  private static final Set<Figure> IN_BYTES = Set.of(Figure.RESERVED_PEAK, Figure.RESERVED_END);

  /** Less is one request that met something else on the machine. */
  private static final double NOISE_SHARE = 0.001;

  /**
   * Reads what {@code compare --e2e --json} has written.
   *
   * @throws CommandFailure if it is something else
   */
  static EndToEndBaseline read(Path file) {
    return new EndToEndBaseline(BaselineFile.read(file, "servers", "compare --e2e"));
  }

  /**
   * Looks for what makes other servers and another load.
   *
   * @return the options that would be as they were then; empty if they are
   */
  List<String> otherOptions(EndToEndPlan plan) {
    JsonNode then = file.json();
    List<String> others = new ArrayList<>();
    addOther(others, "--connections", then.path("connections").asLong(), plan.connections());
    addOther(others, "--loops", then.path("loops").asLong(), plan.loops());
    addOther(others, "--body-size", then.path("bodyBytes").asLong(), plan.bodyBytes());
    addOther(others, "--budget", then.path("maxDirectBytes").asLong(), plan.maxDirectBytes());
    if (then.path("tls").asBoolean() != plan.isEncrypted()) {
      others.add(plan.isEncrypted() ? "no --tls" : "--tls");
    }
    return others;
  }

  private static void addOther(List<String> others, String option, long then, long now) {
    if (then != now) {
      others.add(option + ' ' + then);
    }
  }

  /** Returns those runs of ours that were not measured then. */
  List<EndToEndPlan.Run> missing(EndToEndPlan plan) {
    return plan.round(0).stream()
        .filter(run -> run.candidate().kind() == AllocatorKind.LITE)
        .filter(run -> result(run).isEmpty())
        .toList();
  }

  /** Any version of the same Java is good enough: it is the peer who tells. */
  private Optional<JsonNode> result(EndToEndPlan.Run run) {
    EndToEndPlan.Setting setting = run.setting();
    return file.ours().stream()
        .filter(
            each ->
                text(each, "protocol").equals(setting.protocol().id())
                    && text(each, "load").equals(setting.tool().id())
                    && text(each, "traffic").equals(setting.shape().id())
                    && text(each, "strategy").equals(run.candidate().strategy())
                    && feature(java(each)).equals(feature(setting.jdk().version()))
                    && leakDetection(each).equals(setting.leakDetection().toString()))
        .findFirst();
  }

  /** Before there were several JDKs, the file named one. */
  private String java(JsonNode result) {
    return result.has("java") ? text(result, "java") : text(file.json(), "jdk");
  }

  private static String leakDetection(JsonNode result) {
    return result.has("leakDetection")
        ? text(result, "leakDetection")
        : LeakDetection.SIMPLE.toString();
  }

  /**
   * Compares.
   *
   * @param results those of now
   * @param margin how much worse is allowed, 0.1 for a tenth
   * @return what could be compared
   */
  ChangeTable changes(EndToEnd results, double margin) {
    ChangeTable changes = new ChangeTable(COLUMNS);
    for (EndToEnd.Table table : results.tables()) {
      for (EndToEnd.Row row : table.ours()) {
        result(new EndToEndPlan.Run(table.setting(), row.candidate()))
            .ifPresent(
                before -> {
                  List<String> where =
                      List.of(table.setting().toString(), row.candidate().toString());
                  for (Figure figure : Figure.values()) {
                    if (IN_BYTES.contains(figure)) {
                      addBytes(changes, where, row, figure, before, margin);
                    } else if (figure != Figure.YOUNG) {
                      addRatio(changes, where, table, row, figure, before, margin);
                    }
                  }
                  addFailures(changes, where, row, before, margin);
                });
      }
    }
    return changes;
  }

  /** Compares beside the peer that is the best now. */
  private static void addRatio(
      ChangeTable changes,
      List<String> where,
      EndToEnd.Table table,
      EndToEnd.Row row,
      Figure figure,
      JsonNode before,
      double margin) {
    Comparator<EndToEnd.Row> byFigure =
        Comparator.comparingDouble(peer -> peer.spread(figure).median());
    table.peers().stream()
        .filter(peer -> peer.knows(figure))
        .min(figure.isMoreBetter() ? byFigure.reversed() : byFigure)
        .ifPresent(
            peer -> {
              String id = peer.candidate().id();
              Optional<Ratio> then =
                  BaselineFile.ratio(before.path("ratioTo").path(id).path(figure.id()));
              Optional<Ratio> now =
                  row.differencesFrom(peer).stream()
                      .filter(difference -> difference.figure() == figure)
                      .map(Difference::ratio)
                      .findFirst();
              if (then.isPresent() && now.isPresent()) {
                changes.add(
                    where,
                    figure.shortLabel() + " x " + id,
                    Cells.number(then.get().value()),
                    Cells.number(now.get().value()),
                    figure.isMoreBetter()
                        ? Trend.ofMore(then.get(), now.get(), margin)
                        : Trend.of(then.get(), now.get(), margin));
              }
            });
  }

  private static void addBytes(
      ChangeTable changes,
      List<String> where,
      EndToEnd.Row row,
      Figure figure,
      JsonNode before,
      double margin) {
    List<Double> then = new ArrayList<>();
    for (JsonNode server : before.path("servers")) {
      OptionalDouble bytes = number(server, figure.id());
      if (bytes.isEmpty()) {
        return;
      }
      then.add(bytes.getAsDouble());
    }
    if (!then.isEmpty() && row.knows(figure)) {
      Ratio mean = meanBytes(then.stream());
      Ratio now = meanBytes(row.runs().stream().map(figure::of));
      changes.add(
          where,
          figure.shortLabel(),
          Text.bytes(Math.round(mean.value())),
          Text.bytes(Math.round(now.value())),
          Trend.ofBytes(mean, now, margin));
    }
  }

  /** Returns the geometric mean and its interval. Nothing counts as a byte: it has no logarithm. */
  private static Ratio meanBytes(Stream<Double> bytes) {
    List<Double> values = bytes.map(each -> Math.max(1, each)).toList();
    return Ratio.of(values, Collections.nCopies(values.size(), 1.0));
  }

  /** Who answers less can do that quickly: that must not look like progress. */
  private static void addFailures(
      ChangeTable changes, List<String> where, EndToEnd.Row row, JsonNode before, double margin) {
    List<Double> then = new ArrayList<>();
    for (JsonNode server : before.path("servers")) {
      then.add(
          failedShare(
              number(server, "requests").orElse(0) + number(server, "slowRequests").orElse(0),
              number(server, "failures").orElse(0)));
    }
    Spread now =
        Spread.of(
            row.runs(),
            run ->
                failedShare(
                    (double) run.load().requests() + run.load().slowRequests(),
                    run.load().failures()));
    if (!then.isEmpty()) {
      Spread was = Spread.of(then, share -> share);
      Trend trend = Trend.SAME;
      if (now.min() > was.max() * (1 + margin) + NOISE_SHARE) {
        trend = Trend.WORSE;
      } else if (now.max() < was.min() - NOISE_SHARE) {
        trend = Trend.BETTER;
      }
      changes.add(where, "failed", percents(was), percents(now), trend);
    }
  }

  private static double failedShare(double answered, double failed) {
    return answered <= 0 ? 1 : failed / (answered + failed);
  }

  private static String percents(Spread shares) {
    return shares.min() == shares.max()
        ? Cells.percent(shares.median())
        : String.format(
            Locale.ROOT, "%s - %s", Cells.percent(shares.min()), Cells.percent(shares.max()));
  }
}
