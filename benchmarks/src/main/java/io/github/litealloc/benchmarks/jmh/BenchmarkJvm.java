package io.github.litealloc.benchmarks.jmh;

/**
 * The options that each benchmark JVM gets, the same for all candidates: workers that are event
 * loops, and a heap that neither grows nor faults in while it is measured.
 */
final class BenchmarkJvm {

  static final String MIN_HEAP = "-Xms256m";
  static final String MAX_HEAP = "-Xmx1g";
  static final String TOUCH_HEAP = "-XX:+AlwaysPreTouch";
  static final String CUSTOM_EXECUTOR = "-Djmh.executor=CUSTOM";
  static final String EVENT_LOOPS =
      "-Djmh.executor.class=io.github.litealloc.benchmarks.jmh.EventLoopExecutor";

  private BenchmarkJvm() {}
}
