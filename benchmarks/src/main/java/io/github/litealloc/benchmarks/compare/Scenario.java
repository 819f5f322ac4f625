package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.ThreadKind;
import io.github.litealloc.benchmarks.jmh.AccessBenchmark;
import io.github.litealloc.benchmarks.jmh.AllocateReleaseBenchmark;
import io.github.litealloc.benchmarks.jmh.ContentBenchmark;
import io.github.litealloc.benchmarks.jmh.DerivedBenchmark;
import io.github.litealloc.benchmarks.jmh.GrowthBenchmark;
import io.github.litealloc.benchmarks.jmh.InOrderBenchmark;
import io.github.litealloc.benchmarks.jmh.NetworkSizes;
import io.github.litealloc.benchmarks.jmh.RecordedBenchmark;
import io.github.litealloc.benchmarks.jmh.RemoteReleaseBenchmark;
import io.github.litealloc.benchmarks.jmh.SteadyStateBenchmark;
import io.github.litealloc.benchmarks.jmh.ThreadsBenchmark;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One benchmark with its parameters.
 *
 * @param id what users type
 * @param benchmark the name of the JMH benchmark, with its class
 * @param operations how many it makes in one invocation, which is a round
 * @param parameters all but the allocator
 * @param kind how it is measured
 * @param target what ours may take
 */
record Scenario(
    String id,
    String benchmark,
    int operations,
    Map<String, String> parameters,
    Kind kind,
    Target target) {

  /** How a scenario is measured. */
  enum Kind {
    /** In many short rounds, of which the fastest counts. */
    ROUNDS,
    /** The same, with two threads or more, which must not share a processor. */
    TWO_THREADS,
    /** Over seconds, in slices of which the one in the middle counts. */
    SLICES
  }

  private static final List<Integer> SIZES = List.of(64, 256, 1_024, 4_096, 8_192, 16_384);
  private static final List<Integer> LIVE_BUFFERS = List.of(1_024, 8_192, 65_536);
  private static final List<Integer> REMOTE_SIZES = List.of(256, 4_096);
  private static final List<String> LIFETIMES = List.of("uniform", "geometric");

  /** Up to here, targets are those of few live buffers. */
  private static final int MAX_FEW = 1_024;

  /*
   * What can be reached while a buffer's last release is Netty's atomic update, as it has to be:
   * docs/benchmarks.md, "Tried, and not kept".
   */
  private static final Target ONE_BUFFER = new Target(0.55, 0.65);
  private static final Target CYCLE = new Target(0.5, 0.6);
  private static final Target FEW_LIVE = new Target(0.42, 0.5);
  private static final Target MANY_LIVE = new Target(0.35, 0.5);
  private static final List<Target> IN_ORDER = List.of(both(0.45), both(0.35), both(0.5));
  private static final Target REMOTE = both(0.7);
  private static final Target LEVEL = both(1);

  private static final String PLAIN = "plain";
  private static final String RECORDING = "recording-";

  /** What may stand between who uses a buffer and the memory; what ids end in, then. */
  static final List<String> WRAPPERS = List.of("slice", "duplicate", "composite", "leak-aware");

  /** Methods of {@link AccessBenchmark} by id. */
  private static final Map<String, String> ACCESS =
      inOrder(
          "get-byte", "getByte",
          "set-byte", "setByte",
          "get-long", "getLong",
          "set-long", "setLong",
          "mixed-width-access", "mixedWidths",
          "read-write", "readWrite",
          "int-short-le", "intAndShortLE",
          "write-bytes-16", "writeBytes16",
          "write-bytes-256", "writeBytes256",
          "write-bytes-4096", "writeBytes4096",
          "get-bytes", "getBytes",
          "set-bytes", "setBytes");

  /** Methods of {@link ContentBenchmark} by id. */
  private static final Map<String, String> CONTENT =
      inOrder(
          "write-ascii", "writeAscii",
          "write-utf8", "writeUtf8",
          "read-text", "readText",
          "search", "search",
          "for-each-byte", "forEachByte",
          "equals", "equalBytes");

  /** All that can be asked for. */
  static final List<Scenario> ALL = all();

  private static Map<String, String> inOrder(String... idsAndMethods) {
    Map<String, String> methods = new LinkedHashMap<>();
    for (int i = 0; i < idsAndMethods.length; i += 2) {
      methods.put(idsAndMethods[i], idsAndMethods[i + 1]);
    }
    return methods;
  }

  private static List<Scenario> all() {
    List<Scenario> scenarios = new ArrayList<>();
    for (int size : SIZES) {
      scenarios.add(
          new Scenario(
              "allocate-release-" + size,
              AllocateReleaseBenchmark.class.getName() + ".allocateRelease",
              AllocateReleaseBenchmark.OPERATIONS,
              Map.of("size", String.valueOf(size)),
              Kind.ROUNDS,
              ONE_BUFFER));
    }
    for (int size : SIZES) {
      scenarios.add(
          new Scenario(
              "cycle-16-" + size,
              AllocateReleaseBenchmark.class.getName() + ".cycle",
              AllocateReleaseBenchmark.OPERATIONS,
              Map.of("size", String.valueOf(size)),
              Kind.ROUNDS,
              CYCLE));
    }
    for (int live : LIVE_BUFFERS) {
      for (String lifetime : LIFETIMES) {
        scenarios.add(
            new Scenario(
                "steady-state-" + live + '-' + lifetime,
                SteadyStateBenchmark.class.getName() + ".replace",
                SteadyStateBenchmark.OPERATIONS,
                Map.of("live", String.valueOf(live), "lifetime", lifetime),
                Kind.ROUNDS,
                live <= MAX_FEW ? FEW_LIVE : MANY_LIVE));
      }
    }
    for (int live : LIVE_BUFFERS) {
      scenarios.add(
          new Scenario(
              "replace-in-order-" + live,
              InOrderBenchmark.class.getName() + ".replaceInOrder",
              InOrderBenchmark.OPERATIONS,
              Map.of("live", String.valueOf(live)),
              Kind.SLICES,
              IN_ORDER.get(LIVE_BUFFERS.indexOf(live))));
    }
    for (int size : REMOTE_SIZES) {
      scenarios.add(
          new Scenario(
              "remote-release-" + size,
              RemoteReleaseBenchmark.class.getName() + ".releaseElsewhere",
              RemoteReleaseBenchmark.OPERATIONS,
              Map.of("size", String.valueOf(size)),
              Kind.TWO_THREADS,
              REMOTE));
    }
    scenarios.add(steady("steady-small-1024", 16_384, false, new Target(0.6, 0.7)));
    scenarios.add(steady("steady-small-read-write-1024", 16_384, true, new Target(0.6, 0.7)));
    scenarios.add(steady("steady-read-write-1024", NetworkSizes.LARGEST, true, both(0.5)));
    scenarios.add(level("growth", GrowthBenchmark.class, "grow", GrowthBenchmark.OPERATIONS));
    scenarios.add(
        new Scenario(
            "growth-65536",
            GrowthBenchmark.class.getName() + ".grow",
            GrowthBenchmark.OPERATIONS,
            Map.of("lastBytes", "65536"),
            Kind.ROUNDS,
            both(0.8)));
    scenarios.add(derived("retained-slice", "retainedSlice"));
    scenarios.add(derived("retained-duplicate", "retainedDuplicate"));
    ACCESS.forEach((id, method) -> scenarios.add(access(id, method, PLAIN)));
    CONTENT.forEach((id, method) -> scenarios.add(content(id, method, PLAIN)));
    scenarios.add(content("composite-read", "compositeRead", PLAIN));
    for (String through : WRAPPERS) {
      ACCESS.forEach((id, method) -> scenarios.add(access(id, method, through)));
      CONTENT.forEach((id, method) -> scenarios.add(content(id, method, through)));
    }
    return Collections.unmodifiableList(scenarios);
  }

  private static Target both(double limit) {
    return new Target(limit, limit);
  }

  private static Scenario derived(String id, String method) {
    return level(id, DerivedBenchmark.class, method, DerivedBenchmark.OPERATIONS);
  }

  private static Scenario steady(String id, int largest, boolean readsAndWrites, Target target) {
    return new Scenario(
        id,
        SteadyStateBenchmark.class.getName() + ".replace",
        SteadyStateBenchmark.OPERATIONS,
        Map.of(
            "live",
            "1024",
            "lifetime",
            "uniform",
            "largest",
            String.valueOf(largest),
            "readsAndWrites",
            String.valueOf(readsAndWrites)),
        Kind.ROUNDS,
        target);
  }

  private static Scenario access(String id, String method, String through) {
    return through(through, level(id, AccessBenchmark.class, method, AccessBenchmark.OPERATIONS));
  }

  private static Scenario content(String id, String method, String through) {
    return through(through, level(id, ContentBenchmark.class, method, ContentBenchmark.OPERATIONS));
  }

  private static Scenario through(String through, Scenario plain) {
    return new Scenario(
        through.equals(PLAIN) ? plain.id : plain.id + '-' + through,
        plain.benchmark,
        plain.operations,
        Map.of("through", through),
        plain.kind,
        plain.target);
  }

  private static Scenario level(String id, Class<?> benchmark, String method, int operations) {
    return new Scenario(
        id, benchmark.getName() + '.' + method, operations, Map.of(), Kind.ROUNDS, LEVEL);
  }

  /**
   * Returns the steady state of a recording.
   *
   * @param name of the recording
   * @param file that the measuring process reads
   * @param seed of the drawing
   */
  static Scenario recorded(String name, String file, long seed) {
    return new Scenario(
        RECORDING + name,
        RecordedBenchmark.class.getName() + ".replace",
        RecordedBenchmark.OPERATIONS,
        Map.of("recording", file, "seed", String.valueOf(seed)),
        Kind.ROUNDS,
        LEVEL);
  }

  /** What can be measured on several threads, and on such that are no event loops. */
  boolean isForThreads() {
    return id.startsWith("allocate-release-")
        || id.startsWith("cycle-16-")
        || id.startsWith("steady-state-")
        || id.startsWith(RECORDING);
  }

  /** The same on other threads than the benchmark's own event loop. */
  Scenario on(ThreadKind threadKind, int threads) {
    Map<String, String> all = new LinkedHashMap<>(parameters);
    String work =
        id.startsWith(RECORDING)
            ? "recorded"
            : id.startsWith("steady") ? "steady" : id.startsWith("cycle") ? "cycle" : "release";
    all.put("work", work);
    all.put("kind", threadKind.toString());
    all.put("threads", String.valueOf(threads));
    all.putIfAbsent("size", "1024");
    all.putIfAbsent("live", "1024");
    all.putIfAbsent("lifetime", "uniform");
    all.putIfAbsent("recording", "");
    all.putIfAbsent("seed", "1");
    return new Scenario(
        id + '-' + threadKind + '-' + threads,
        ThreadsBenchmark.class.getName() + ".round",
        ThreadsBenchmark.OPERATIONS,
        all,
        Kind.TWO_THREADS,
        threadKind == ThreadKind.LOOP ? target : LEVEL);
  }

  /**
   * Returns the seeds of what is drawn by chance, of the first thread where there are several, by
   * what is drawn.
   */
  Map<String, Long> seeds() {
    Map<String, Long> seeds = new LinkedHashMap<>();
    if (id.startsWith(RECORDING)) {
      seeds.put("buffers", Long.valueOf(parameters.getOrDefault("seed", "1")));
    } else if ("steady".equals(parameters.get("work"))) {
      seeds.put("sizes", ThreadsBenchmark.SIZE_SEED);
      seeds.put("slots", ThreadsBenchmark.SLOT_SEED);
    } else if (benchmark.startsWith(SteadyStateBenchmark.class.getName())) {
      seeds.put("sizes", SteadyStateBenchmark.SIZE_SEED);
      seeds.put("slots", SteadyStateBenchmark.SLOT_SEED);
    } else if (benchmark.startsWith(InOrderBenchmark.class.getName())) {
      seeds.put("sizes", InOrderBenchmark.SIZE_SEED);
    }
    return seeds;
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
