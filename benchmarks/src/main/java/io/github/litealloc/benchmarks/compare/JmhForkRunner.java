package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.jmh.JmhFork;
import io.github.litealloc.benchmarks.jmh.MemoryProfiler;
import io.github.litealloc.benchmarks.jmh.MethodProfiler;
import io.github.litealloc.benchmarks.jmh.Times;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.profile.Profiler;

/** Measures in a JVM of its own, through JMH. */
final class JmhForkRunner implements ForkRunner {

  private static final String LEAK_OPTIONS = "-Dio.netty.leakDetection";

  /**
   * Returns the options of this JVM that the measuring ones get too, after JMH's own and before
   * those of the setting.
   */
  static List<String> jvmOptions() {
    return JmhFork.jvmOptions().stream()
        .filter(option -> !option.startsWith(LEAK_OPTIONS))
        .toList();
  }

  @Override
  public ForkResult run(ComparePlan plan, ComparePlan.Run run) {
    JmhFork fork = fork(run, plan.times(), MemoryProfiler.class, List.of());
    return new ForkResult(
        fork.nanosPerOp(),
        fork.garbageBytesPerOp(),
        (long) fork.secondary(MemoryProfiler.PEAK_RESERVED, Double.NaN),
        fork.secondary(MemoryProfiler.FALLBACK_SHARE, 1));
  }

  /** Makes a run that shows where its time goes, and so takes longer than usual. */
  static Profile profile(ComparePlan.Run run, Times times) {
    JmhFork fork = fork(run, times, MethodProfiler.class, MethodProfiler.JVM_OPTIONS);
    Map<String, Integer> samples = new TreeMap<>();
    fork.secondaries(MethodProfiler.SAMPLES_IN)
        .forEach((method, count) -> samples.put(method, count.intValue()));
    return new Profile(samples);
  }

  private static JmhFork fork(
      ComparePlan.Run run,
      Times times,
      Class<? extends Profiler> profiler,
      List<String> moreJvmOptions) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("allocator", run.candidate().id());
    parameters.putAll(run.scenario().parameters());
    List<String> jvmOptions = new ArrayList<>(jvmOptions());
    jvmOptions.add(run.setting().leakDetection().jvmOption());
    jvmOptions.addAll(moreJvmOptions);
    return JmhFork.run(
        run.scenario().benchmark(),
        parameters,
        times,
        options ->
            options
                .jvm(run.setting().jdk().executable().toString())
                .jvmArgs(jvmOptions.toArray(new String[0]))
                .addProfiler(profiler));
  }
}
