package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.jmh.Times;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Results that nobody measured. */
final class MadeUp {

  static final Scenario SCENARIO = Scenario.of("allocate-release-1024");
  static final Candidate HYBRID = Candidate.lite("hybrid");
  static final Candidate POOLED = Candidate.peer(AllocatorKind.POOLED);
  static final Candidate ADAPTIVE = Candidate.peer(AllocatorKind.ADAPTIVE);

  static final ComparePlan PLAN =
      new ComparePlan(
          List.of(SCENARIO),
          List.of(HYBRID, POOLED, ADAPTIVE),
          3,
          new Times(1, 2, 10),
          LeakDetection.SIMPLE);

  private static final Machine MACHINE =
      new Machine(
          "a made-up CPU, 2 cores", "99 (nobody)", "abc1234", "2026-01-01T00:00:00Z", 0.25);

  private MadeUp() {}

  static ForkResult fork(double nanos) {
    return new ForkResult(nanos, 1.5, 65_536, 0);
  }

  static Comparison comparison(double fallbackShare) {
    Map<ComparePlan.Run, List<ForkResult>> results = new LinkedHashMap<>();
    results.put(
        new ComparePlan.Run(SCENARIO, HYBRID),
        List.of(fork(21), fork(20), new ForkResult(90, 0, 131_072, fallbackShare)));
    results.put(new ComparePlan.Run(SCENARIO, POOLED), List.of(fork(84), fork(80), fork(90)));
    results.put(new ComparePlan.Run(SCENARIO, ADAPTIVE), List.of(fork(42), fork(42), fork(42)));
    return Comparison.of(PLAN, MACHINE, List.of("-Dsome=option"), 3, results);
  }
}
