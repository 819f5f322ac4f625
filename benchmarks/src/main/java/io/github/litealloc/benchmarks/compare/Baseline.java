package io.github.litealloc.benchmarks.compare;

import static io.github.litealloc.benchmarks.baseline.BaselineFile.feature;
import static io.github.litealloc.benchmarks.baseline.BaselineFile.number;
import static io.github.litealloc.benchmarks.baseline.BaselineFile.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.Ratio;
import io.github.litealloc.benchmarks.baseline.BaselineFile;
import io.github.litealloc.benchmarks.baseline.Trend;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The results of an earlier comparison, to compare with.
 *
 * @param file with them
 */
record Baseline(BaselineFile file) {
  /*
   * Times are compared as ratios to a peer that was measured in the same run: the machine may have been
   * another one, or busier. Memory does not depend on that.
   */

  /**
   * One figure of one row, then and now.
   *
   * @param run what was measured
   * @param what the figure is
   * @param before the figure then
   * @param now the figure now
   * @param trend whether it has changed by more than chance and the margin
   */
  record Change(ComparePlan.Run run, String what, double before, double now, Trend trend) {}

  /**
   * Reads what {@code compare --json} has written.
   *
   * @throws CommandFailure if it is something else
   */
  static Baseline read(Path file) {
    return new Baseline(BaselineFile.read(file, "scenario", "compare"));
  }

  /** Returns those runs of ours that were not measured then. */
  List<ComparePlan.Run> missing(ComparePlan plan) {
    return plan.round(0).stream()
        .filter(run -> run.candidate().role() == Contender.Role.OURS)
        .filter(run -> result(run).isEmpty())
        .toList();
  }

  /**
   * Compares.
   *
   * @param comparison the results of now
   * @param margin how much worse is allowed, 0.1 for a tenth
   * @return what could be compared
   */
  List<Change> changes(Comparison comparison, double margin) {
    List<Change> changes = new ArrayList<>();
    for (Comparison.Row row : comparison.rows()) {
      Optional<JsonNode> before = row.isOurs() ? result(row.run()) : Optional.empty();
      if (before.isPresent()) {
        row.target()
            .ifPresent(
                check -> time(row, check.peer(), before.get(), margin).ifPresent(changes::add));
        memory(row, before.get(), margin).ifPresent(changes::add);
      }
    }
    return changes;
  }

  /** Any version of the same Java is good enough: it is the peer who tells. */
  private Optional<JsonNode> result(ComparePlan.Run run) {
    return file.ours().stream()
        .filter(
            each ->
                feature(text(each, "java")).equals(feature(run.setting().jdk().version()))
                    && text(each, "leakDetection").equals(run.setting().leakDetection().toString())
                    && text(each, "scenario").equals(run.scenario().id())
                    && text(each, "strategy").equals(run.candidate().id()))
        .findFirst();
  }

  private static Optional<Change> time(
      Comparison.Row row, Contender peer, JsonNode before, double margin) {
    Optional<Ratio> then = BaselineFile.ratio(before.path("ratioTo").path(peer.id()));
    Optional<Ratio> now = row.ratioTo(peer);
    return then.isEmpty() || now.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Change(
                row.run(),
                "x " + peer.id(),
                then.get().value(),
                now.get().value(),
                Trend.of(then.get(), now.get(), margin)));
  }

  /** The most of all forks, which does not depend on how many there were. */
  private static Optional<Change> memory(Comparison.Row row, JsonNode before, double margin) {
    OptionalDouble then = number(before, "peakReservedBytes");
    long now = row.figures().peakReservedBytes();
    return then.isEmpty() || now < 0
        ? Optional.empty()
        : Optional.of(
            new Change(
                row.run(),
                "reserved",
                then.getAsDouble(),
                now,
                Trend.ofBytes(exactly(then.getAsDouble()), exactly(now), margin)));
  }

  private static Ratio exactly(double value) {
    return new Ratio(value, value, value);
  }
}
