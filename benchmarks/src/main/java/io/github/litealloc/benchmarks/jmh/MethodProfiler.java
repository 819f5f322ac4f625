package io.github.litealloc.benchmarks.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;
import org.openjdk.jmh.runner.IterationType;

/**
 * Counts in which methods the benchmark's threads were while it was measured, inlined methods too.
 * For JMH's command line: {@code -prof io.github.litealloc.benchmarks.jmh.MethodProfiler}, with
 * {@link #JVM_OPTIONS}.
 */
public final class MethodProfiler implements InternalProfiler {
  /*
   * Flight Recorder, which every JDK brings along, and in the measuring JVM: no other program has to
   * be there, and no other JDK has to understand the recording. Samples before the measurement, and
   * of threads that do something else, would only blur the picture.
   */

  /** What the names of the figures start with; the name of the method follows. */
  public static final String SAMPLES_IN = "samples.";

  /** Without these, samples of compiled code are moved to the next safepoint, and so mislead. */
  public static final List<String> JVM_OPTIONS =
      List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:+DebugNonSafepoints");

  private static final String EVENT = "jdk.ExecutionSample";

  /** The shortest that Flight Recorder has. */
  private static final Duration PERIOD = Duration.ofMillis(1);

  private static final List<String> JDK_PACKAGES = List.of("java.", "jdk.", "sun.");

  private @Nullable Recording recording;

  /** Made by JMH. */
  public MethodProfiler() {}

  @Override
  public String getDescription() {
    return "Methods that the benchmark was in, by Flight Recorder";
  }

  @Override
  @SuppressWarnings("resource") // closed after the iteration
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    if (iteration.getType() == IterationType.MEASUREMENT) {
      Recording samples = new Recording();
      // Those that are on by default, ours among them, would take their time from the benchmark's.
      FlightRecorder.getFlightRecorder()
          .getEventTypes()
          .forEach(type -> samples.disable(type.getName()));
      samples.enable(EVENT).withPeriod(PERIOD);
      samples.start();
      recording = samples;
    }
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    if (recording == null) {
      return List.of();
    }
    String benchmarkClass =
        benchmark.getBenchmark().substring(0, benchmark.getBenchmark().lastIndexOf('.'));
    Map<String, Integer> samples = new LinkedHashMap<>();
    try (Recording ended = recording) {
      ended.stop();
      recording = null;
      for (RecordedEvent event : events(ended)) {
        String method = method(event, benchmarkClass);
        if (method != null) {
          samples.merge(method, 1, Integer::sum);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot read the samples of " + benchmark.getBenchmark(), e);
    }
    List<Result<?>> results = new ArrayList<>();
    samples.forEach(
        (method, count) ->
            results.add(
                new ScalarResult(SAMPLES_IN + method, count, "samples", AggregationPolicy.SUM)));
    return results;
  }

  private static List<RecordedEvent> events(Recording recording) throws IOException {
    Path file = Files.createTempFile("lite-alloc", ".jfr");
    try {
      recording.dump(file);
      return RecordingFile.readAllEvents(file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** Returns the method that was running, if it was called, however deep, by the benchmark. */
  private static @Nullable String method(RecordedEvent event, String benchmarkClass) {
    RecordedStackTrace stack = event.getStackTrace();
    return event.getEventType().getName().equals(EVENT)
            && stack != null
            && stack.getFrames().stream().anyMatch(frame -> type(frame).equals(benchmarkClass))
        ? method(stack.getFrames().stream().map(MethodProfiler::name).toList())
        : null;
  }

  /**
   * Names the innermost method that is not the JDK's, with the JDK's that it had called: an atomic
   * operation alone would not say whose it is.
   *
   * @param stack {@code package.Class.method}, the innermost first
   * @return {@code package.Class.method}, perhaps with {@code > Class.method} behind it
   */
  static String method(List<String> stack) {
    String inner = stack.get(0);
    if (!isOfJdk(inner)) {
      return inner;
    }
    return stack.stream()
        .filter(method -> !isOfJdk(method))
        .findFirst()
        .map(caller -> caller + " > " + withoutPackage(inner))
        .orElse(inner);
  }

  private static boolean isOfJdk(String method) {
    return JDK_PACKAGES.stream().anyMatch(method::startsWith);
  }

  /**
   * Shortens the name of a method.
   *
   * @param method {@code package.Class.method}
   * @return {@code Class.method}
   */
  public static String withoutPackage(String method) {
    int beforeMethod = method.lastIndexOf('.');
    return method.substring(method.lastIndexOf('.', beforeMethod - 1) + 1);
  }

  private static String name(RecordedFrame frame) {
    return type(frame) + '.' + frame.getMethod().getName();
  }

  private static String type(RecordedFrame frame) {
    return frame.getMethod().getType().getName();
  }
}
