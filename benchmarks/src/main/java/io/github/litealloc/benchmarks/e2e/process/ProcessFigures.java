package io.github.litealloc.benchmarks.e2e.process;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Set;

/**
 * What this JVM has used since its start.
 *
 * @param cpuNanos processor time of all its threads; negative if unknown
 * @param youngCollections collections of the young generation; negative if its collector has none
 */
record ProcessFigures(long cpuNanos, long youngCollections) {

  static final long UNKNOWN = -1;

  /** What the collectors of OpenJDK call theirs. */
  private static final Set<String> YOUNG =
      Set.of("Copy", "G1 Young Generation", "PS Scavenge", "ZGC Minor Cycles");

  static ProcessFigures now() {
    com.sun.management.OperatingSystemMXBean system =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    long young = UNKNOWN;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      if (YOUNG.contains(collector.getName())) {
        young = collector.getCollectionCount();
      }
    }
    return new ProcessFigures(system == null ? UNKNOWN : system.getProcessCpuTime(), young);
  }

  /** Returns the difference; what is unknown stays so. */
  ProcessFigures since(ProcessFigures before) {
    return new ProcessFigures(
        difference(cpuNanos, before.cpuNanos),
        difference(youngCollections, before.youngCollections));
  }

  private static long difference(long now, long before) {
    return now < 0 || before < 0 ? UNKNOWN : now - before;
  }
}
