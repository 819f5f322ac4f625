package io.github.litealloc.benchmarks.compare;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.Ratio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
record Baseline(String name, List<JsonNode> results) {
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
    JsonNode json = tree(file);
    List<JsonNode> results = new ArrayList<>();
    for (JsonNode result : json.path("results")) {
      if (text(result, "allocator").equals(AllocatorKind.LITE.id())) {
        results.add(result);
      }
    }
    if (results.isEmpty() || results.stream().anyMatch(each -> text(each, "scenario").isEmpty())) {
      throw new CommandFailure(file + ": no results of lite that compare has written", null);
    }
    return new Baseline(
        file + ", commit " + text(json, "commit") + ", " + text(json, "date"), results);
  }

  private static JsonNode tree(Path file) {
    try {
      return new ObjectMapper().readTree(Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new CommandFailure(file + ": there is no such file", e);
    } catch (JacksonException e) {
      throw new CommandFailure(file + ": no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new CommandFailure("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static String text(JsonNode object, String name) {
    return object.path(name).asText();
  }

  private static OptionalDouble number(JsonNode object, String name) {
    JsonNode number = object.path(name);
    return number.isNumber() ? OptionalDouble.of(number.doubleValue()) : OptionalDouble.empty();
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
    return results.stream()
        .filter(
            each ->
                feature(text(each, "java")).equals(feature(run.setting().jdk().version()))
                    && text(each, "leakDetection").equals(run.setting().leakDetection().toString())
                    && text(each, "scenario").equals(run.scenario().id())
                    && text(each, "strategy").equals(run.candidate().id()))
        .findFirst();
  }

  private static String feature(String version) {
    int dot = version.indexOf('.');
    return dot < 0 ? version : version.substring(0, dot);
  }

  private static Optional<Change> time(
      Comparison.Row row, Contender peer, JsonNode before, double margin) {
    JsonNode then = before.path("ratioTo").path(peer.id());
    OptionalDouble value = number(then, "ratio");
    Optional<Ratio> now = row.ratioTo(peer);
    if (value.isEmpty() || now.isEmpty()) {
      return Optional.empty();
    }
    OptionalDouble low = number(then, "ratioLow");
    OptionalDouble high = number(then, "ratioHigh");
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

  private static Optional<Change> memory(Comparison.Row row, JsonNode before, double margin) {
    OptionalDouble then = number(before, "peakReservedBytes");
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
