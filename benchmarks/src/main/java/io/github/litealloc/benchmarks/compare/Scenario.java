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
 * @param budget what ours may take
 */
record Scenario(String id, String benchmark, Map<String, String> parameters, Budget budget) {

  private static final List<Integer> SIZES = List.of(64, 256, 1_024, 4_096, 8_192, 16_384);
  private static final List<Integer> LIVE_BUFFERS = List.of(1_024, 8_192, 65_536);
  private static final List<Integer> REMOTE_SIZES = List.of(256, 4_096);
  private static final List<String> LIFETIMES = List.of("uniform", "geometric");

  private static final Budget HALF = new Budget(0.5, Budget.Peer.BEST);
  private static final Budget TWO_FIFTHS = new Budget(0.4, Budget.Peer.BEST);
  private static final Budget ONE_AND_A_HALF = new Budget(1.5, Budget.Peer.BEST);
  private static final Budget LEVEL = new Budget(1, Budget.Peer.BEST);
  private static final Budget LEVEL_WITH_POOLED = new Budget(1, Budget.Peer.POOLED);

  /** Up to here the steady state has its budget; above, ours must only not fall off a cliff. */
  private static final int MANY_LIVE_BUFFERS = 8_192;

  /** All that can be asked for. */
  static final List<Scenario> ALL = all();

  private static List<Scenario> all() {
    List<Scenario> scenarios = new ArrayList<>();
    for (int size : SIZES) {
      scenarios.add(
          new Scenario(
              "allocate-release-" + size,
              AllocateReleaseBenchmark.class.getName() + ".allocateRelease",
              Map.of("size", String.valueOf(size)),
              HALF));
    }
    for (int live : LIVE_BUFFERS) {
      for (String lifetime : LIFETIMES) {
        scenarios.add(
            new Scenario(
                "steady-state-" + live + '-' + lifetime,
                SteadyStateBenchmark.class.getName() + ".replace",
                Map.of("live", String.valueOf(live), "lifetime", lifetime),
                live <= MANY_LIVE_BUFFERS ? TWO_FIFTHS : LEVEL));
      }
    }
    for (int size : REMOTE_SIZES) {
      scenarios.add(
          new Scenario(
              "remote-release-" + size,
              RemoteReleaseBenchmark.class.getName() + ".releaseElsewhere",
              Map.of("size", String.valueOf(size)),
              ONE_AND_A_HALF));
    }
    scenarios.add(plain("growth", GrowthBenchmark.class, "grow", LEVEL));
    scenarios.add(plain("retained-slice", DerivedBenchmark.class, "retainedSlice", LEVEL));
    scenarios.add(plain("retained-duplicate", DerivedBenchmark.class, "retainedDuplicate", LEVEL));
    scenarios.add(plain("get-byte", AccessBenchmark.class, "getByte", LEVEL_WITH_POOLED));
    scenarios.add(plain("set-byte", AccessBenchmark.class, "setByte", LEVEL_WITH_POOLED));
    scenarios.add(plain("get-long", AccessBenchmark.class, "getLong", LEVEL_WITH_POOLED));
    scenarios.add(plain("set-long", AccessBenchmark.class, "setLong", LEVEL_WITH_POOLED));
    scenarios.add(plain("get-bytes", AccessBenchmark.class, "getBytes", LEVEL_WITH_POOLED));
    scenarios.add(plain("set-bytes", AccessBenchmark.class, "setBytes", LEVEL_WITH_POOLED));
    return Collections.unmodifiableList(scenarios);
  }

  private static Scenario plain(String id, Class<?> benchmark, String method, Budget budget) {
    return new Scenario(id, benchmark.getName() + '.' + method, Map.of(), budget);
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
