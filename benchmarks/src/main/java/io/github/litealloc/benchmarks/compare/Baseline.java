package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.JsonTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The results of an earlier comparison, to compare with.
 *
 * @param name of its file, commit and date, for a reader
 * @param results of ours
 */
record Baseline(String name, List<JsonTree> results) {
  /*
   * Times are compared as ratios to a peer that was measured in the same run: the machine may have been
   * another one, or busier. Memory does not depend on that.
   */

  /** What has become of one figure. */
  enum Verdict {
    BETTER,
    WORSE,
    SAME,
    UNDECIDED
  }

  /**
   * One figure of one row, then and now.
   *
   * @param run what was measured
   * @param what the figure is
   * @param before the figure then
   * @param now the figure now
   * @param verdict whether it has changed by more than chance and the margin
   */
  record Change(ComparePlan.Run run, String what, double before, double now, Verdict verdict) {}

  /** Memory below this is chunks that happened to be needed or not. */
  private static final long NOISE_BYTES = 256 << 10;

  /**
   * Reads what {@code compare --json} has written.
   *
   * @throws CommandFailure if it is something else
   */
  static Baseline read(Path file) {
    JsonTree json = JsonTree.read(file);
    List<JsonTree> results =
        json.objects("results").stream()
            .filter(result -> result.text("allocator").equals(AllocatorKind.LITE.id()))
            .toList();
    if (results.isEmpty() || results.stream().anyMatch(each -> each.text("scenario").isEmpty())) {
      throw new CommandFailure(file + ": no results of lite that compare has written", null);
    }
    return new Baseline(
        file + ", commit " + json.text("commit") + ", " + json.text("date"), results);
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
      Optional<JsonTree> before = row.isOurs() ? result(row.run()) : Optional.empty();
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
  private Optional<JsonTree> result(ComparePlan.Run run) {
    return results.stream()
        .filter(
            each ->
                feature(each.text("java")).equals(feature(run.setting().jdk().version()))
                    && each.text("leakDetection").equals(run.setting().leakDetection().toString())
                    && each.text("scenario").equals(run.scenario().id())
                    && each.text("strategy").equals(run.candidate().id()))
        .findFirst();
  }

  private static String feature(String version) {
    int dot = version.indexOf('.');
    return dot < 0 ? version : version.substring(0, dot);
  }

  private static Optional<Change> time(
      Comparison.Row row, Contender peer, JsonTree before, double margin) {
    JsonTree then = before.object("ratioTo").object(peer.id());
    OptionalDouble value = then.number("ratio");
    Optional<Ratio> now = row.ratioTo(peer);
    if (value.isEmpty() || now.isEmpty()) {
      return Optional.empty();
    }
    OptionalDouble low = then.number("ratioLow");
    OptionalDouble high = then.number("ratioHigh");
    Verdict verdict = Verdict.SAME;
    if (low.isEmpty() || high.isEmpty() || !now.get().hasInterval()) {
      verdict = Verdict.UNDECIDED;
    } else if (now.get().low() > high.getAsDouble() * (1 + margin)) {
      verdict = Verdict.WORSE;
    } else if (now.get().high() < low.getAsDouble()) {
      verdict = Verdict.BETTER;
    }
    return Optional.of(
        new Change(row.run(), "x " + peer.id(), value.getAsDouble(), now.get().value(), verdict));
  }

  private static Optional<Change> memory(Comparison.Row row, JsonTree before, double margin) {
    OptionalDouble then = before.number("peakReservedBytes");
    long now = row.figures().peakReservedBytes();
    if (then.isEmpty() || now < 0) {
      return Optional.empty();
    }
    double bytes = then.getAsDouble();
    Verdict verdict = Verdict.SAME;
    if (now > bytes * (1 + margin) + NOISE_BYTES) {
      verdict = Verdict.WORSE;
    } else if (now < bytes * (1 - margin) - NOISE_BYTES) {
      verdict = Verdict.BETTER;
    }
    return Optional.of(new Change(row.run(), "reserved", bytes, now, verdict));
  }
}
