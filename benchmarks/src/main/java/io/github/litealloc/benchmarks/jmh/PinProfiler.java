package io.github.litealloc.benchmarks.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;
import org.openjdk.jmh.runner.IterationType;

/**
 * Confines the benchmark's JVM to one processor while it is measured, if the system has {@code
 * taskset}, so that the scheduler cannot move it away from its caches. For JMH's command line:
 * {@code -prof io.github.litealloc.benchmarks.jmh.PinProfiler}.
 */
public final class PinProfiler implements InternalProfiler {
  /*
   * Not before the measurement: while it warms up, the compiler's threads would take the one
   * processor from the benchmark, and its first seconds would pass in the interpreter.
   */

  /** The number of the processor that the JVM is confined to; negative if it is not. */
  public static final String PROCESSOR = "processor.pinned";

  /** Stands for no processor. */
  public static final int NONE = -1;

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String ALLOWED = "Cpus_allowed_list:";

  private int pinned = NONE;
  private boolean tried;

  /** Made by JMH. */
  public PinProfiler() {}

  @Override
  public String getDescription() {
    return "Confines the JVM to one processor while it is measured";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    if (iteration.getType() == IterationType.MEASUREMENT && !tried) {
      tried = true;
      pinned = pin();
    }
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    return List.of(new ScalarResult(PROCESSOR, pinned, "processor", AggregationPolicy.MAX));
  }

  private static int pin() {
    try {
      int processor = lastOf(allowed());
      Process taskset =
          new ProcessBuilder(
                  "taskset",
                  "-a",
                  "-c",
                  "-p",
                  String.valueOf(processor),
                  String.valueOf(ProcessHandle.current().pid()))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return taskset.waitFor() == 0 ? processor : NONE;
    } catch (IOException e) {
      return NONE; // no such program, or no Linux
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return NONE;
    }
  }

  private static String allowed() throws IOException {
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith(ALLOWED))
        .map(line -> line.substring(ALLOWED.length()).trim())
        .findFirst()
        .orElseThrow(() -> new IOException(STATUS + " has no " + ALLOWED));
  }

  /**
   * Returns the last processor of a list, which has the fewest interrupts to serve.
   *
   * @param list as Linux writes it: {@code 0-3,8}
   */
  static int lastOf(String list) {
    String last = list.substring(Math.max(list.lastIndexOf('-'), list.lastIndexOf(',')) + 1);
    return Integer.parseInt(last);
  }
}
