package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.jmh.AccessBenchmark;
import io.github.litealloc.benchmarks.jmh.AllocateReleaseBenchmark;
import io.github.litealloc.benchmarks.jmh.DerivedBenchmark;
import io.github.litealloc.benchmarks.jmh.GrowthBenchmark;
import io.github.litealloc.benchmarks.jmh.RemoteReleaseBenchmark;
import io.github.litealloc.benchmarks.jmh.SteadyStateBenchmark;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * One benchmark with its parameters.
 *
 * @param id what users type
 * @param benchmark the name of the JMH benchmark, with its class
 * @param parameters all but the allocator
 */
record Scenario(String id, String benchmark, Map<String, String> parameters) {

  private static final List<Integer> SIZES = List.of(64, 256, 1_024, 4_096, 8_192, 16_384);
  private static final List<Integer> LIVE_BUFFERS = List.of(1_024, 8_192, 65_536);
  private static final List<Integer> REMOTE_SIZES = List.of(256, 4_096);
  private static final List<String> LIFETIMES = List.of("uniform", "geometric");

  /** All that can be asked for. */
  static final List<Scenario> ALL = all();

  private static List<Scenario> all() {
    List<Scenario> scenarios = new ArrayList<>();
    for (int size : SIZES) {
      scenarios.add(
          new Scenario(
              "allocate-release-" + size,
              AllocateReleaseBenchmark.class.getName() + ".allocateRelease",
              Map.of("size", String.valueOf(size))));
    }
    for (int live : LIVE_BUFFERS) {
      for (String lifetime : LIFETIMES) {
        scenarios.add(
            new Scenario(
                "steady-state-" + live + '-' + lifetime,
                SteadyStateBenchmark.class.getName() + ".replace",
                Map.of("live", String.valueOf(live), "lifetime", lifetime)));
      }
    }
    for (int size : REMOTE_SIZES) {
      scenarios.add(
          new Scenario(
              "remote-release-" + size,
              RemoteReleaseBenchmark.class.getName() + ".releaseElsewhere",
              Map.of("size", String.valueOf(size))));
    }
    scenarios.add(plain("growth", GrowthBenchmark.class, "grow"));
    scenarios.add(plain("retained-slice", DerivedBenchmark.class, "retainedSlice"));
    scenarios.add(plain("retained-duplicate", DerivedBenchmark.class, "retainedDuplicate"));
    scenarios.add(plain("get-byte", AccessBenchmark.class, "getByte"));
    scenarios.add(plain("set-byte", AccessBenchmark.class, "setByte"));
    scenarios.add(plain("get-long", AccessBenchmark.class, "getLong"));
    scenarios.add(plain("set-long", AccessBenchmark.class, "setLong"));
    scenarios.add(plain("get-bytes", AccessBenchmark.class, "getBytes"));
    scenarios.add(plain("set-bytes", AccessBenchmark.class, "setBytes"));
    return Collections.unmodifiableList(scenarios);
  }

  private static Scenario plain(String id, Class<?> benchmark, String method) {
    return new Scenario(id, benchmark.getName() + '.' + method, Map.of());
  }

  static Scenario of(String id) {
    return ALL.stream()
        .filter(scenario -> scenario.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("scenario: " + id));
  }

  static List<String> ids() {
    return ALL.stream().map(Scenario::id).toList();
  }

  @Override
  public String toString() {
    return id;
  }
}
