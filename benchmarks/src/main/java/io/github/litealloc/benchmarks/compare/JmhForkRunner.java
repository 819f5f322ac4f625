package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.jmh.MemoryProfiler;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Measures in a JVM of its own, through JMH. */
final class JmhForkRunner implements ForkRunner {

  private static final String GARBAGE = "gc.alloc.rate.norm";

  private static final String LEAK_OPTIONS = "-Dio.netty.leakDetection";

  /** Returns the options of this JVM that the measuring ones get too, after JMH's own. */
  static List<String> jvmOptions(LeakDetection leakDetection) {
    List<String> options = new ArrayList<>();
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (!option.startsWith(LEAK_OPTIONS)) {
        options.add(option);
      }
    }
    options.add(leakDetection.jvmOption());
    return options;
  }

  @Override
  public ForkResult run(ComparePlan plan, ComparePlan.Run run) {
    Path log = newLog();
    try {
      RunResult result = new Runner(options(plan, run, log).build()).runSingle();
      Files.deleteIfExists(log);
      return new ForkResult(
          result.getPrimaryResult().getScore(),
          // JMH gives no figure at all when nothing was allocated.
          secondary(result, GARBAGE, 0),
          (long) secondary(result, MemoryProfiler.PEAK_RESERVED, Double.NaN),
          secondary(result, MemoryProfiler.FALLBACK_SHARE, 1));
    } catch (RunnerException | IOException e) {
      throw new CommandFailure(
          run.scenario() + " with " + run.candidate() + ": " + e.getMessage() + "; see " + log, e);
    }
  }

  private static Path newLog() {
    try {
      return Files.createTempFile("lite-alloc-compare", ".log");
    } catch (IOException e) {
      throw new CommandFailure("cannot make a log file: " + e.getMessage(), e);
    }
  }

  private static ChainedOptionsBuilder options(ComparePlan plan, ComparePlan.Run run, Path log) {
    TimeValue iteration = TimeValue.milliseconds(plan.times().iterationMillis());
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include('^' + Pattern.quote(run.scenario().benchmark()) + '$')
            .param("allocator", run.candidate().id())
            .forks(1)
            .warmupIterations(plan.times().warmups())
            .warmupTime(iteration)
            .measurementIterations(plan.times().measurements())
            .measurementTime(iteration)
            .jvmArgs(jvmOptions(plan.leakDetection()).toArray(new String[0]))
            .addProfiler(GCProfiler.class)
            .addProfiler(MemoryProfiler.class)
            .shouldFailOnError(true)
            .output(log.toString());
    run.scenario().parameters().forEach(options::param);
    return options;
  }

  private static double secondary(RunResult result, String name, double absent) {
    Result<?> secondary = result.getSecondaryResults().get(name);
    return secondary == null ? absent : secondary.getScore();
  }
}
