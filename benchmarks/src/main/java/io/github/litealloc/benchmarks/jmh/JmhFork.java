package io.github.litealloc.benchmarks.jmh;

import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.DirectMemory;
import io.github.litealloc.benchmarks.TemporaryFiles;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs one benchmark with one set of parameters in a JVM of its own, and says nothing but the
 * figures. What JMH prints goes to a file that stays only if the run fails.
 */
public final class JmhFork {

  private static final String GARBAGE = "gc.alloc.rate.norm";

  private final RunResult result;

  private JmhFork(RunResult result) {
    this.result = result;
  }

  /**
   * Returns the options of this JVM, which a fork gets too unless it is given others.
   *
   * @return options, in the order of the command line
   */
  public static List<String> jvmOptions() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments();
  }

  /**
   * Runs; again, if the JVM's own compiler has ended it.
   *
   * @param benchmark the name of the JMH benchmark, with its class
   * @param parameters all that have more than one value
   * @param times how long
   * @param more further options
   * @return the figures
   * @throws CommandFailure if the benchmark or its JVM fails
   */
  public static JmhFork run(
      String benchmark,
      Map<String, String> parameters,
      Times times,
      Consumer<ChainedOptionsBuilder> more) {
    return CompilerEnd.tolerated(
        benchmark + " with " + parameters,
        System.err,
        JmhFork::newLog,
        log -> run(benchmark, parameters, times, more, log));
  }

  private static JmhFork run(
      String benchmark,
      Map<String, String> parameters,
      Times times,
      Consumer<ChainedOptionsBuilder> more,
      Path log) {
    try {
      TimeValue iteration = TimeValue.milliseconds(times.iterationMillis());
      ChainedOptionsBuilder options =
          new OptionsBuilder()
              .include('^' + Pattern.quote(benchmark) + '$')
              .forks(1)
              .warmupIterations(times.warmups())
              .warmupTime(iteration)
              .measurementIterations(times.measurements())
              .measurementTime(iteration)
              .shouldFailOnError(true)
              .output(log.toString());
      parameters.forEach(options::param);
      more.accept(options);
      // The last one, so that it does not count what other profilers make when they begin.
      options.addProfiler(GCProfiler.class);
      RunResult result = new Runner(options.build()).runSingle();
      Files.deleteIfExists(log);
      return new JmhFork(result);
    } catch (RunnerException | IOException e) {
      throw new CommandFailure(
          benchmark
              + " with "
              + parameters
              + ": "
              + e.getMessage()
              + "; see "
              + log
              + DirectMemory.advice(log),
          e);
    } finally {
      JmhFiles.entrust();
    }
  }

  private static Path newLog() {
    try {
      return TemporaryFiles.file("lite-alloc-jmh", ".log");
    } catch (IOException e) {
      throw CommandFailure.of("cannot make a log file", e);
    }
  }

  /**
   * Returns the mean time of an operation.
   *
   * @return nanoseconds
   */
  public double nanosPerOp() {
    return result.getPrimaryResult().getScore();
  }

  /**
   * Returns how many invocations were sampled.
   *
   * @return their number
   */
  public long invocations() {
    return result.getPrimaryResult().getSampleCount();
  }

  /**
   * Returns the time of the fastest invocation, of a benchmark whose invocations were sampled.
   *
   * @return nanoseconds
   */
  public double fastestInvocation() {
    return result.getPrimaryResult().getStatistics().getMin();
  }

  /**
   * Returns a percentile of the times of the invocations, if they were sampled.
   *
   * @param percent how many of 100 are faster
   * @return nanoseconds
   */
  public double percentileOfInvocations(double percent) {
    return result.getPrimaryResult().getStatistics().getPercentile(percent);
  }

  /**
   * Returns the heap bytes allocated for each operation, by all threads of the JVM.
   *
   * @return bytes
   */
  public double garbageBytesPerOp() {
    // JMH gives no figure at all when nothing was allocated.
    return secondary(GARBAGE, 0);
  }

  /**
   * Returns a figure of a profiler.
   *
   * @param name of the figure
   * @param absent what to return if there is none
   * @return the figure
   */
  public double secondary(String name, double absent) {
    Result<?> secondary = result.getSecondaryResults().get(name);
    return secondary == null ? absent : secondary.getScore();
  }

  /**
   * Returns all figures of a profiler that begin alike.
   *
   * @param prefix what their names begin with
   * @return the figures, by the rest of their names
   */
  public Map<String, Double> secondaries(String prefix) {
    Map<String, Double> figures = new TreeMap<>();
    result
        .getSecondaryResults()
        .forEach(
            (name, figure) -> {
              if (name.startsWith(prefix)) {
                figures.put(name.substring(prefix.length()), figure.getScore());
              }
            });
    return figures;
  }
}
