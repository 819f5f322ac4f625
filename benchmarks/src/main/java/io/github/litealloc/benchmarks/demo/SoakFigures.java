package io.github.litealloc.benchmarks.demo;

import io.github.litealloc.benchmarks.demo.load.LoadFigures;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What a soak has seen, over all its generations. One thread. */
final class SoakFigures {

  private final Map<Fault, Long> faults = new EnumMap<>(Fault.class);
  private final List<String> problems = new ArrayList<>();
  private long verified;
  private long cut;
  private long failures;
  private long wrongBytes;

  void count(Fault fault) {
    faults.merge(fault, 1L, Long::sum);
  }

  void set(Fault fault, long count) {
    faults.put(fault, count);
  }

  long faults(Fault fault) {
    return faults.getOrDefault(fault, 0L);
  }

  /** Takes over what a generation has counted that has ended. */
  void add(SoakGeneration ended) {
    LoadFigures load = ended.load().figures();
    verified += load.verified();
    cut += load.cut();
    wrongBytes += load.wrongBytes();
    failures += load.failures().count() + ended.server().figures().errors().count();
    problems.addAll(load.failures().firstFew());
    problems.addAll(ended.server().figures().errors().firstFew());
  }

  long verified() {
    return verified;
  }

  long cut() {
    return cut;
  }

  long failures() {
    return failures;
  }

  long wrongBytes() {
    return wrongBytes;
  }

  List<String> problems() {
    return problems;
  }
}
