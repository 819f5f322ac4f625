package io.github.litealloc.benchmarks.raw;

import io.github.litealloc.benchmarks.jmh.FragmentsBenchmark;
import io.github.litealloc.benchmarks.jmh.RawStrategyBenchmark;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One benchmark with its parameters.
 *
 * @param id what users type
 * @param benchmark the name of the JMH benchmark, with its class
 * @param parameters all but the strategy
 * @param unit what a figure is in
 * @param published the crate's figures, by the name of the strategy that came from it
 */
record Workload(
    String id,
    String benchmark,
    Map<String, String> parameters,
    Unit unit,
    Map<String, Published> published) {

  /** In what figures are given. JMH measures nanoseconds for one allocate with its free. */
  enum Unit {
    /** For one allocate with its free. */
    NANOS_PER_PAIR("ns/pair", 1),
    /** For a round of the mixed workload, which is 700 pairs. */
    MICROS_PER_ROUND("us/round", 0.7);

    private final String text;
    private final double perNanosecond;

    Unit(String text, double perNanosecond) {
      this.text = text;
      this.perNanosecond = perNanosecond;
    }

    /** Returns how many of this unit one nanosecond per pair is. */
    double perNanosecond() {
      return perNanosecond;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * What the crate's documents report, on a machine like those of its users.
   *
   * @param min the lowest figure
   * @param max the highest figure
   */
  record Published(double min, double max) {

    /** Returns what a ratio refers to. */
    double middle() {
      return (min + max) / 2;
    }
  }

  /** All that can be asked for. */
  static final List<Workload> ALL = all();

  private static List<Workload> all() {
    List<Workload> workloads = new ArrayList<>();
    for (String profile : List.of("own", "shared")) {
      String suffix = profile.equals("own") ? "" : '-' + profile;
      Map<String, String> parameters = Map.of("profile", profile);
      String benchmark = RawStrategyBenchmark.class.getName() + '.';
      workloads.add(
          new Workload(
              "tiny" + suffix,
              benchmark + "tiny",
              parameters,
              Unit.NANOS_PER_PAIR,
              published(1.1, 1.7, 1.4, 2.7, 1.8, 2.1)));
      workloads.add(
          new Workload(
              "mixed" + suffix,
              benchmark + "mixed",
              parameters,
              Unit.MICROS_PER_ROUND,
              published(3.1, 3.1, 3.0, 3.0, 36, 36)));
      workloads.add(
          new Workload(
              "lifo" + suffix,
              benchmark + "lifo",
              parameters,
              Unit.NANOS_PER_PAIR,
              published(1.5, 1.5, 1.5, 1.5, 1.8, 1.8)));
    }
    for (int fragments : List.of(100, 1_000, 10_000)) {
      workloads.add(
          new Workload(
              "fragments-" + fragments,
              FragmentsBenchmark.class.getName() + ".replace",
              Map.of("fragments", String.valueOf(fragments)),
              Unit.NANOS_PER_PAIR,
              Map.of()));
    }
    return Collections.unmodifiableList(workloads);
  }

  private static Map<String, Published> published(
      double bumpMin,
      double bumpMax,
      double segregatedMin,
      double segregatedMax,
      double freeListMin,
      double freeListMax) {
    return Map.of(
        "bump-free-list", new Published(bumpMin, bumpMax),
        "segregated-bump", new Published(segregatedMin, segregatedMax),
        "free-list", new Published(freeListMin, freeListMax));
  }

  static Workload of(String id) {
    return ALL.stream()
        .filter(workload -> workload.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("workload: " + id));
  }

  static List<String> ids() {
    return ALL.stream().map(Workload::id).toList();
  }

  /** Returns the crate's figure for a strategy; there is none for the hybrid, which it has not. */
  Optional<Published> published(String strategy) {
    return Optional.ofNullable(published.get(strategy));
  }

  @Override
  public String toString() {
    return id;
  }
}
