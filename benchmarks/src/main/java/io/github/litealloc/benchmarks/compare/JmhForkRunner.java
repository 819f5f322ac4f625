package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.jmh.JmhFork;
import io.github.litealloc.benchmarks.jmh.MemoryProfiler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures in a JVM of its own, through JMH. */
final class JmhForkRunner implements ForkRunner {

  private static final String LEAK_OPTIONS = "-Dio.netty.leakDetection";

  /** Returns the options of this JVM that the measuring ones get too, after JMH's own. */
  static List<String> jvmOptions(LeakDetection leakDetection) {
    List<String> options = new ArrayList<>();
    for (String option : JmhFork.jvmOptions()) {
      if (!option.startsWith(LEAK_OPTIONS)) {
        options.add(option);
      }
    }
    options.add(leakDetection.jvmOption());
    return options;
  }

  @Override
  public ForkResult run(ComparePlan plan, ComparePlan.Run run) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("allocator", run.candidate().id());
    parameters.putAll(run.scenario().parameters());
    String[] jvmOptions = jvmOptions(plan.leakDetection()).toArray(new String[0]);
    JmhFork fork =
        JmhFork.run(
            run.scenario().benchmark(),
            parameters,
            plan.times(),
            options -> options.jvmArgs(jvmOptions).addProfiler(MemoryProfiler.class));
    return new ForkResult(
        fork.nanosPerOp(),
        fork.garbageBytesPerOp(),
        (long) fork.secondary(MemoryProfiler.PEAK_RESERVED, Double.NaN),
        fork.secondary(MemoryProfiler.FALLBACK_SHARE, 1));
  }
}
