package io.github.litealloc.benchmarks.baseline;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.JsonFile;
import io.github.litealloc.benchmarks.Options;
import io.github.litealloc.benchmarks.Ratio;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/**
 * A file with the results of an earlier run.
 *
 * @param file where it is
 * @param json what is in it
 * @param ours those of its results that are ours; at least one
 */
public record BaselineFile(Path file, JsonNode json, List<JsonNode> ours) {

  private static final String OURS = "lite";

  /**
   * Reads a file.
   *
   * @param file what {@code --json} has written
   * @param field what each of its results has
   * @param writer who writes such results, for a reader
   * @return what is in it
   * @throws CommandFailure if it is something else
   */
  public static BaselineFile read(Path file, String field, String writer) {
    JsonNode json = JsonFile.read(file);
    List<JsonNode> ours = new ArrayList<>();
    boolean isKnown = true;
    for (JsonNode result : json.path("results")) {
      isKnown &= result.has(field);
      if (text(result, "allocator").equals(OURS)) {
        ours.add(result);
      }
    }
    if (!isKnown || ours.isEmpty()) {
      throw new CommandFailure(
          file + ": no results of ours, as --json of " + writer + " writes them", null);
    }
    return new BaselineFile(file, json, List.copyOf(ours));
  }

  /**
   * Reads a file for {@code --baseline}, and refuses as such an option what cannot be read. Exit
   * code 1 would say that something is worse.
   *
   * @param check to refuse it
   * @param reader reads it
   * @param <T> what it makes of it
   * @return what is in it
   */
  public static <T> T checked(Options check, Supplier<T> reader) {
    try {
      return reader.get();
    } catch (CommandFailure e) {
      throw check.refused(
          "--baseline", String.valueOf(e.getMessage()), "the results of an earlier run");
    }
  }

  /**
   * Tells what cannot be compared, before minutes of work, and refuses it if that is all.
   *
   * @param check to refuse it
   * @param file the file
   * @param missing names of what is not in it
   * @param all how much was to be compared
   * @param progress where to tell
   */
  public static void requireAny(
      Options check, Path file, List<String> missing, int all, PrintWriter progress) {
    if (missing.size() == all) {
      throw check.refused(
          "--baseline",
          file + ", which has nothing of what is to be measured: " + missing.get(0) + " and so on",
          "results of the same scenarios, strategies, JDKs and levels of leak detection");
    }
    missing.forEach(name -> progress.println("not in the baseline: " + name));
  }

  /**
   * Returns the name for a reader.
   *
   * @return the file, its commit and its date
   */
  public String name() {
    return file + ", commit " + text(json, "commit") + ", " + text(json, "date");
  }

  /**
   * Returns a text of an object.
   *
   * @param object which one
   * @param name of the text
   * @return an empty one if it is missing
   */
  public static String text(JsonNode object, String name) {
    return object.path(name).asText();
  }

  /**
   * Returns a number of an object.
   *
   * @param object which one
   * @param name of the number
   * @return nothing if it is missing
   */
  public static OptionalDouble number(JsonNode object, String name) {
    JsonNode number = object.path(name);
    return number.isNumber() ? OptionalDouble.of(number.doubleValue()) : OptionalDouble.empty();
  }

  /**
   * Returns a ratio.
   *
   * @param ratio an object with its value, and with its interval if that is known
   * @return nothing if it is missing
   */
  public static Optional<Ratio> ratio(JsonNode ratio) {
    OptionalDouble value = number(ratio, "ratio");
    return value.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Ratio(
                value.getAsDouble(),
                number(ratio, "ratioLow").orElse(Double.NaN),
                number(ratio, "ratioHigh").orElse(Double.NaN)));
  }

  /**
   * Returns the number by which a JDK is known.
   *
   * @param version such as {@code 17.0.15}, with more behind it or not
   * @return such as {@code 17}
   */
  public static String feature(String version) {
    return version.replaceFirst("\\D.*", "");
  }
}
