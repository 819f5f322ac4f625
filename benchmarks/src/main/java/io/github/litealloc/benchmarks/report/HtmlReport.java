package io.github.litealloc.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.JsonFile;
import io.github.litealloc.benchmarks.OutputFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;

/**
 * One HTML file with results, and everything that draws them, inside: it needs no network and no
 * other file.
 */
final class HtmlReport {

  /** The one that the dashboard ships. */
  private static final String CHARTS = "/io/github/litealloc/metrics/dashboard/chart.js";

  private static final ObjectMapper JSON = new ObjectMapper();

  private HtmlReport() {}

  /**
   * Writes the page.
   *
   * @param results files that {@code --json} of a command that measures has written
   * @param page where to; over what was there, once all of it is written
   * @throws CommandFailure if one of them is something else, or if reading or writing fails
   */
  static void write(List<Path> results, Path page) {
    ArrayNode data = JSON.createArrayNode();
    for (Path file : results) {
      data.addObject().put("file", String.valueOf(file.getFileName())).set("data", read(file));
    }
    byte[] html = page(data.toString()).getBytes(StandardCharsets.UTF_8);
    OutputFile.write(page, stream -> stream.write(html));
  }

  private static JsonNode read(Path file) {
    JsonNode read = JsonFile.read(file);
    if (!isKnown(read)) {
      throw new CommandFailure(
          file
              + ": not a result that can be drawn (expected: what --json of compare, replay, scale or"
              + " raw wrote)",
          null);
    }
    return read;
  }

  /** By what each kind of result has, of which the page draws its bars and lines. */
  private static boolean isKnown(JsonNode read) {
    JsonNode results = read.path("results");
    return isEach(read.path("points"), row -> row.path("processes").isArray())
        || isEach(results, row -> row.path("nanosPerOpOfForks").isArray())
        || isEach(results, row -> row.path("processes").isArray())
        || isEach(results, row -> row.path("servers").isArray())
        || isEach(results, row -> row.path("timeOfSlowestFork").isNumber());
  }

  private static boolean isEach(JsonNode rows, Predicate<JsonNode> condition) {
    return rows.isArray()
        && !rows.isEmpty()
        && StreamSupport.stream(rows.spliterator(), false).allMatch(condition);
  }

  private static String page(String data) {
    return resource("report.html")
        .replace("/*{report.css}*/", resource("report.css"))
        .replace("/*{chart.js}*/", resource(CHARTS))
        .replace("/*{report.js}*/", resource("report.js"))
        // Last, so that nothing in it is replaced; and nothing in it ends the element that holds
        // it.
        .replace("/*{data}*/", data.replace("<", "\\u003c"));
  }

  private static String resource(String name) {
    try (InputStream stream = HtmlReport.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException(name + " is missing from this program");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
