package io.github.litealloc.benchmarks.e2e;

import io.github.litealloc.benchmarks.CommandFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How {@code wrk} is called, and what it says. */
final class Wrk {

  /** Written by our script, for the percentiles that wrk does not print. */
  private static final Pattern FIGURE = Pattern.compile("\\b(\\w+)=(\\d+)");

  private static final String PREFIX = "lite-alloc ";
  private static final List<String> ERRORS =
      List.of("connect", "read", "write", "status", "timeout");
  private static final double MICROS = 1e-6;
  private static final double NANOS_PER_MICRO = 1_000;

  private Wrk() {}

  static List<String> command(Path program, Path script, String uri, int connections, int seconds) {
    return List.of(
        program.toString(),
        "--threads",
        "1",
        "--connections",
        String.valueOf(connections),
        "--duration",
        seconds + "s",
        "--timeout",
        "10s",
        "--script",
        script.toString(),
        uri);
  }

  /**
   * Reads what it has printed.
   *
   * @throws CommandFailure if that is not what the script prints
   */
  static LoadReport read(String output) {
    Map<String, Long> figures = new HashMap<>();
    output
        .lines()
        .filter(line -> line.startsWith(PREFIX))
        .forEach(
            line -> {
              for (Matcher each = FIGURE.matcher(line); each.find(); ) {
                figures.put(each.group(1), Long.parseLong(each.group(2)));
              }
            });
    List<String> problems = new ArrayList<>();
    long failures = 0;
    for (String error : ERRORS) {
      long count = figure(figures, error, output);
      failures += count;
      if (count > 0) {
        problems.add(count + " by " + error);
      }
    }
    // wrk counts an answer with a bad status as a request, too; those are quick, as a rule.
    long bad = figure(figures, "status", output);
    return new LoadReport(
        figure(figures, "requests", output) - bad,
        MICROS * figure(figures, "micros", output),
        bad > 0 ? LoadReport.UNKNOWN : NANOS_PER_MICRO * figure(figures, "p50", output),
        bad > 0 ? LoadReport.UNKNOWN : NANOS_PER_MICRO * figure(figures, "p99", output),
        bad > 0 ? LoadReport.UNKNOWN : NANOS_PER_MICRO * figure(figures, "p999", output),
        0,
        failures,
        String.join(", ", problems));
  }

  private static long figure(Map<String, Long> figures, String name, String output) {
    Long figure = figures.get(name);
    if (figure == null) {
      throw new CommandFailure("wrk has not told its " + name + ", but: " + output.strip(), null);
    }
    return figure;
  }
}
