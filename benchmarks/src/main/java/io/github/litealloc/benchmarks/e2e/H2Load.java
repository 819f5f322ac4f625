package io.github.litealloc.benchmarks.e2e;

import io.github.litealloc.benchmarks.CommandFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/** How {@code h2load} is called, and what it says. */
final class H2Load {
  /*
   * It prints no percentiles, but writes a line for each request into a file: when it began
   * (microseconds of the day's clock), its status, -1 if it has none, and how long it took
   * (microseconds).
   */

  private static final Pattern FINISHED = Pattern.compile("finished in .*");
  private static final Pattern REQUESTS =
      Pattern.compile(
          "requests: \\d+ total, \\d+ started, \\d+ done, (\\d+) succeeded, (\\d+) failed,"
              + " (\\d+) errored, (\\d+) timeout");

  private static final int STREAMS_IN_FLIGHT = 4;
  private static final int FIELDS = 3;
  private static final int OK = 200;
  private static final long MAX_MICROS = TimeUnit.MINUTES.toMicros(1);
  private static final int DIGITS = 3;
  private static final double NANOS_PER_MICRO = 1_000;

  private H2Load() {}

  static List<String> command(Path program, Path log, String uri, int connections, int seconds) {
    return List.of(
        program.toString(),
        "--threads",
        "1",
        "--clients",
        String.valueOf(connections),
        "--max-concurrent-streams",
        String.valueOf(STREAMS_IN_FLIGHT),
        "--duration",
        String.valueOf(seconds),
        "--log-file",
        log.toString(),
        uri);
  }

  /**
   * Reads what it has printed and written.
   *
   * @param output what it has printed
   * @param log the file of its requests
   * @param seconds that it was told to take
   * @throws CommandFailure if that is something else
   */
  static LoadReport read(String output, Path log, int seconds) {
    Matcher requests = REQUESTS.matcher(output);
    if (!FINISHED.matcher(output).find() || !requests.find()) {
      throw new CommandFailure("h2load has not told its requests, but: " + output.strip(), null);
    }
    Histogram latencies = new Histogram(MAX_MICROS, DIGITS);
    long right = 0;
    long wrong = 0;
    int number = 0;
    try (BufferedReader lines = Files.newBufferedReader(log)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        String[] fields = line.split("\t");
        if (fields.length != FIELDS) {
          throw new NumberFormatException(line);
        }
        int status = Integer.parseInt(fields[1]);
        if (status == OK) {
          right++;
          latencies.recordValue(Math.min(MAX_MICROS, Math.max(0, Long.parseLong(fields[2]))));
        } else if (status > 0) { // else its stream was reset, which is among the errors below
          wrong++;
        }
      }
    } catch (IOException e) {
      throw CommandFailure.of("cannot read what h2load wrote", e);
    } catch (NumberFormatException e) {
      throw new CommandFailure(
          log + ", line " + number + ": not as h2load writes (expected: time, status, duration)",
          e);
    }
    long errored = Long.parseLong(requests.group(3)) + Long.parseLong(requests.group(4));
    long failures = wrong + errored;
    return new LoadReport(
        right,
        seconds,
        NANOS_PER_MICRO * latencies.getValueAtPercentile(50),
        NANOS_PER_MICRO * latencies.getValueAtPercentile(99),
        NANOS_PER_MICRO * latencies.getValueAtPercentile(99.9),
        0,
        failures,
        failures == 0 ? "" : wrong + " by status, " + errored + " by connection");
  }
}
