package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.LeakDetection;
import io.github.litealloc.benchmarks.jmh.JmhFork;
import io.github.litealloc.benchmarks.jmh.MemoryProfiler;
import io.github.litealloc.benchmarks.jmh.MethodProfiler;
import io.github.litealloc.benchmarks.jmh.PinProfiler;
import io.github.litealloc.benchmarks.jmh.SliceProfiler;
import io.github.litealloc.benchmarks.jmh.Times;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;

/** Measures in a JVM of its own, through JMH. */
final class JmhForkRunner implements ForkRunner {

  private static final double LOW_PERCENT = 10;

  /**
   * Returns the options of this JVM that the measuring ones get too, after JMH's own and before
   * those of the setting.
   */
  static List<String> jvmOptions(ComparePlan plan) {
    List<String> options = new ArrayList<>(LeakDetection.without(JmhFork.jvmOptions()));
    plan.maxDirectBytes().ifPresent(bytes -> options.add("-XX:MaxDirectMemorySize=" + bytes));
    return options;
  }

  @Override
  public ForkResult run(ComparePlan plan, ComparePlan.Run run) {
    Scenario scenario = run.scenario();
    JmhFork fork =
        fork(
            plan,
            run,
            plan.times(scenario),
            List.of(),
            options -> {
              options.addProfiler(MemoryProfiler.class).addProfiler(SliceProfiler.class);
              if (scenario.kind() != Scenario.Kind.TWO_THREADS) {
                options.addProfiler(PinProfiler.class);
              }
            });
    // JMH would round to whole nanoseconds, if it did this.
    double perOp = 1.0 / scenario.operations();
    boolean slices = scenario.kind() == Scenario.Kind.SLICES;
    return new ForkResult(
        slices ? sliced(fork, SliceProfiler.MEDIAN) : perOp * fork.fastestInvocation(),
        perOp * fork.percentileOfInvocations(LOW_PERCENT),
        fork.invocations(),
        slices
            ? new ForkResult.Tail(
                sliced(fork, SliceProfiler.P90), sliced(fork, SliceProfiler.WORST))
            : null,
        perOp * fork.garbageBytesPerOp(),
        (long) fork.secondary(MemoryProfiler.PEAK_RESERVED, MemoryProfiler.UNKNOWN),
        fork.secondary(MemoryProfiler.FALLBACK_SHARE, 1),
        (int) fork.secondary(PinProfiler.PROCESSOR, PinProfiler.NONE));
  }

  private static double sliced(JmhFork fork, String figure) {
    return fork.secondary(figure, Double.NaN);
  }

  /** Makes a run that shows where its time goes, and so takes longer than usual. */
  static Profile profile(ComparePlan plan, ComparePlan.Run run, Times times) {
    JmhFork fork =
        fork(
            plan,
            run,
            times,
            MethodProfiler.JVM_OPTIONS,
            options -> options.addProfiler(MethodProfiler.class));
    Map<String, Integer> samples = new TreeMap<>();
    fork.secondaries(MethodProfiler.SAMPLES_IN)
        .forEach((method, count) -> samples.put(method, count.intValue()));
    return new Profile(samples);
  }

  private static JmhFork fork(
      ComparePlan plan,
      ComparePlan.Run run,
      Times times,
      List<String> moreJvmOptions,
      Consumer<ChainedOptionsBuilder> profilers) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("allocator", run.candidate().parameter());
    parameters.putAll(run.scenario().parameters());
    List<String> jvmOptions = jvmOptions(plan);
    jvmOptions.add(run.setting().leakDetection().jvmOption());
    jvmOptions.addAll(run.candidate().jvmOptions());
    jvmOptions.addAll(moreJvmOptions);
    return run.candidate()
        .classPath()
        .during(
            () ->
                JmhFork.run(
                    run.scenario().benchmark(),
                    parameters,
                    times,
                    options -> {
                      options
                          .mode(Mode.SampleTime)
                          .operationsPerInvocation(1)
                          .jvm(run.setting().jdk().executable().toString())
                          .jvmArgs(jvmOptions.toArray(new String[0]));
                      profilers.accept(options);
                    }));
  }
}
