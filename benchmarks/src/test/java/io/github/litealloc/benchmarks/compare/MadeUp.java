package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.jmh.Times;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Results that nobody measured. */
final class MadeUp {

  static final Scenario SCENARIO = Scenario.of("allocate-release-1024");
  static final Candidate HYBRID = Candidate.lite("hybrid");
  static final Candidate POOLED = Candidate.peer(AllocatorKind.POOLED);
  static final Candidate ADAPTIVE = Candidate.peer(AllocatorKind.ADAPTIVE);
  static final Setting OLD_SIMPLE = new Setting(jdk("17.0.1"), LeakDetection.SIMPLE);
  static final Setting NEW_DISABLED = new Setting(jdk("25.0.1"), LeakDetection.DISABLED);

  /** One setting. */
  static final ComparePlan PLAN = plan(OLD_SIMPLE);

  private static final Machine MACHINE =
      new Machine("a made-up CPU, 2 cores", "99 (nobody)", "abc1234", "2026-01-01T00:00:00Z", 0.25);

  private MadeUp() {}

  private static Jdk jdk(String version) {
    return new Jdk(Path.of("/made/up", version, "java"), version, version + "+1 (nobody)");
  }

  static ComparePlan plan(Setting... settings) {
    return new ComparePlan(
        List.of(SCENARIO),
        List.of(HYBRID, POOLED, ADAPTIVE),
        List.of(settings),
        3,
        new Times(1, 2, 10));
  }

  static ComparePlan.Run run(Setting setting, Candidate candidate) {
    return new ComparePlan.Run(setting, SCENARIO, candidate);
  }

  static ForkResult fork(double nanos) {
    return new ForkResult(nanos, 1.5, 65_536, 0);
  }

  static List<ForkResult> forks(double... nanos) {
    return Arrays.stream(nanos).mapToObj(MadeUp::fork).toList();
  }

  /** Hybrid takes a quarter of pooled's time, and about half of adaptive's: undecided. */
  static Comparison comparison(double fallbackShare) {
    Map<ComparePlan.Run, List<ForkResult>> results = new LinkedHashMap<>();
    results.put(
        run(OLD_SIMPLE, HYBRID),
        List.of(fork(21), fork(20), new ForkResult(22, 0, 131_072, fallbackShare)));
    results.put(run(OLD_SIMPLE, POOLED), forks(84, 80, 88));
    results.put(run(OLD_SIMPLE, ADAPTIVE), forks(42, 42, 42));
    return comparison(PLAN, results);
  }

  /** Hybrid meets its budget in the one setting and is 1.2 x adaptive in the other. */
  static Comparison metAndMissed() {
    Map<ComparePlan.Run, List<ForkResult>> results = new LinkedHashMap<>();
    results.put(run(OLD_SIMPLE, HYBRID), forks(20, 20, 20));
    results.put(run(OLD_SIMPLE, POOLED), forks(80, 80, 80));
    results.put(run(OLD_SIMPLE, ADAPTIVE), forks(100, 100, 100));
    results.put(run(NEW_DISABLED, HYBRID), forks(24, 24, 24));
    results.put(run(NEW_DISABLED, POOLED), forks(80, 80, 80));
    results.put(run(NEW_DISABLED, ADAPTIVE), forks(20, 20, 20));
    return comparison(plan(OLD_SIMPLE, NEW_DISABLED), results);
  }

  private static Comparison comparison(
      ComparePlan plan, Map<ComparePlan.Run, List<ForkResult>> results) {
    return Comparison.of(plan, MACHINE, List.of("-Dsome=option"), 3, results);
  }
}
