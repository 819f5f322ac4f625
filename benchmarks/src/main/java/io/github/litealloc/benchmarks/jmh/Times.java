package io.github.litealloc.benchmarks.jmh;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Duration;

/**
 * How long a run is: iterations to warm up, iterations that count, and what each of them takes.
 *
 * @param warmups iterations before the measurement
 * @param measurements iterations that count
 * @param iterationMillis what one iteration takes
 */
public record Times(int warmups, int measurements, int iterationMillis) {

  /** Starting and ending a JVM with its heap, seen on a machine with two cores. */
  private static final Duration JVM = Duration.ofMillis(1_100);

  /**
   * Returns the same with another time to warm up.
   *
   * @param time at least so long, in whole iterations
   * @return a new one
   */
  public Times withWarmUp(Duration time) {
    int iterations = Math.toIntExact((time.toMillis() + iterationMillis - 1) / iterationMillis);
    return new Times(iterations, measurements, iterationMillis);
  }

  /**
   * Returns what a run takes, if the machine is idle.
   *
   * @return the time of one JVM
   */
  public Duration perRun() {
    return JVM.plusMillis((long) (warmups + measurements) * iterationMillis);
  }

  /**
   * Writes everything for a reader, as a line above a table.
   *
   * @param forks how many JVMs each line of the table had
   * @return a line with its end
   */
  public String header(int forks) {
    return String.format(
        "forks           %d for each line, warm-up %d x %d ms, measured %d x %d ms%n",
        forks, warmups, iterationMillis, measurements, iterationMillis);
  }

  /**
   * Writes everything as fields of the JSON object that is open.
   *
   * @param json where to
   * @param forks how many JVMs each result had
   * @throws IOException if writing fails
   */
  public void writeTo(JsonGenerator json, int forks) throws IOException {
    json.writeNumberField("forks", forks);
    json.writeNumberField("warmupIterations", warmups);
    json.writeNumberField("measurementIterations", measurements);
    json.writeNumberField("iterationMillis", iterationMillis);
  }
}
