package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Jdk;
import io.github.litealloc.benchmarks.LeakDetection;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.Rounds;
import io.github.litealloc.benchmarks.foreign.AllocatorReference;
import io.github.litealloc.benchmarks.foreign.ClassPath;
import io.github.litealloc.benchmarks.jmh.Times;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Results that nobody measured. */
final class MadeUp {

  static final Scenario SCENARIO = Scenario.of("allocate-release-1024");
  static final Contender HYBRID = Contender.of(Candidate.lite("hybrid"));
  static final Contender POOLED = Contender.of(Candidate.peer(AllocatorKind.POOLED));
  static final Contender ADAPTIVE = Contender.of(Candidate.peer(AllocatorKind.ADAPTIVE));
  static final Contender BEFORE = foreign("before", Contender.Role.OTHER);
  static final Contender PORT = foreign("port", Contender.Role.PEER);
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

  private static Contender foreign(String name, Contender.Role role) {
    return Contender.foreign(
        name,
        role,
        AllocatorReference.of("com.acme.SomeAllocator"),
        new ClassPath(List.of("acme.jar")),
        List.of("-Da=b"),
        "from a jar");
  }

  static ComparePlan plan(Setting... settings) {
    return plan(SCENARIO, List.of(HYBRID, POOLED, ADAPTIVE), settings);
  }

  static ComparePlan plan(Scenario scenario, List<Contender> candidates, Setting... settings) {
    return new ComparePlan(
        List.of(scenario),
        candidates,
        List.of(settings),
        3,
        new Times(1, 2, 10),
        new Times(1, 1, 200),
        OptionalLong.empty());
  }

  static ComparePlan.Run run(Setting setting, Contender candidate) {
    return new ComparePlan.Run(setting, SCENARIO, candidate);
  }

  static ForkResult fork(double nanos) {
    return fork(nanos, 1.5, 65_536, 0);
  }

  private static ForkResult fork(double nanos, double garbage, long reserved, double fallbacks) {
    return new ForkResult(nanos, nanos + 1, 400, null, garbage, reserved, fallbacks, 1);
  }

  /** A fork with slow slices: thrice and ten times the time of the one in the middle. */
  static ForkResult sliced(double nanos) {
    return new ForkResult(
        nanos, nanos, 400, new ForkResult.Tail(3 * nanos, 10 * nanos), 0, 65_536, 0, 1);
  }

  static List<ForkResult> forks(double... nanos) {
    return Arrays.stream(nanos).mapToObj(MadeUp::fork).toList();
  }

  /** Hybrid takes a quarter of pooled's time, and about half of adaptive's: undecided. */
  static Comparison comparison(double fallbackShare) {
    Map<ComparePlan.Run, List<ForkResult>> results = new LinkedHashMap<>();
    results.put(
        run(OLD_SIMPLE, HYBRID), List.of(fork(21), fork(20), fork(22, 0, 131_072, fallbackShare)));
    results.put(run(OLD_SIMPLE, POOLED), forks(84, 80, 88));
    results.put(run(OLD_SIMPLE, ADAPTIVE), forks(42, 42, 42));
    return comparison(PLAN, results);
  }

  /** Hybrid meets its target in the one setting and is 1.2 x adaptive in the other. */
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

  /**
   * Hybrid takes a third of pooled's time, half of the port's and five eighths of the older one's.
   */
  static Comparison withForeign() {
    ComparePlan plan = plan(SCENARIO, List.of(HYBRID, POOLED, BEFORE, PORT), OLD_SIMPLE);
    Map<ComparePlan.Run, List<ForkResult>> results = new LinkedHashMap<>();
    results.put(run(OLD_SIMPLE, HYBRID), forks(20, 20, 20));
    results.put(run(OLD_SIMPLE, POOLED), forks(60, 60, 60));
    results.put(run(OLD_SIMPLE, BEFORE), forks(32, 32, 32));
    results.put(run(OLD_SIMPLE, PORT), forks(40, 40, 40));
    return comparison(plan, results);
  }

  /** Hybrid takes half of pooled's time in the middle, and also in the slow slices. */
  static Comparison inSlices() {
    Scenario inOrder = Scenario.of("replace-in-order-1024");
    ComparePlan plan = plan(inOrder, List.of(HYBRID, POOLED), OLD_SIMPLE);
    return comparison(
        plan,
        Map.of(
            new ComparePlan.Run(OLD_SIMPLE, inOrder, HYBRID),
            List.of(sliced(20), sliced(20)),
            new ComparePlan.Run(OLD_SIMPLE, inOrder, POOLED),
            List.of(sliced(40), sliced(40))));
  }

  /** Hybrid and pooled, three forks that are all alike. */
  static Comparison times(double hybrid, double pooled) {
    return comparison(
        plan(SCENARIO, List.of(HYBRID, POOLED), OLD_SIMPLE),
        Map.of(
            run(OLD_SIMPLE, HYBRID), forks(hybrid, hybrid, hybrid),
            run(OLD_SIMPLE, POOLED), forks(pooled, pooled, pooled)));
  }

  /** Only hybrid and pooled were reached in the second of two settings. */
  static Comparison interrupted() {
    Map<ComparePlan.Run, List<ForkResult>> results = new LinkedHashMap<>();
    results.put(run(OLD_SIMPLE, HYBRID), forks(20));
    results.put(run(OLD_SIMPLE, POOLED), forks(80));
    results.put(run(OLD_SIMPLE, ADAPTIVE), forks(100));
    results.put(run(NEW_DISABLED, HYBRID), forks(24));
    return Comparison.of(
        plan(OLD_SIMPLE, NEW_DISABLED),
        MACHINE,
        List.of(),
        new Rounds.Results<>(0, results, Rounds.INTERRUPTED));
  }

  private static Comparison comparison(
      ComparePlan plan, Map<ComparePlan.Run, List<ForkResult>> results) {
    return Comparison.of(
        plan, MACHINE, List.of("-Dsome=option"), new Rounds.Results<>(3, results, ""));
  }
}
