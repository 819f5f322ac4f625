package io.github.litealloc;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How much off-heap memory a process may use when nobody says: the smaller of what the JVM allows
 * for direct buffers and three quarters of what the machine or container has besides the heap. The
 * last quarter is for the JVM itself.
 *
 * @param directBytes what the JVM allows for direct buffers
 * @param directOrigin where that number comes from
 * @param systemBytes the memory of the machine or container
 * @param heapBytes the maximum heap
 */
record DefaultCeiling(long directBytes, String directOrigin, long systemBytes, long heapBytes) {

  private static final System.Logger LOG = System.getLogger("io.github.litealloc");

  /** The least that is of use: a few chunks for a few event loops. */
  static final long MIN_BYTES = 16L * 1024 * 1024;

  static long findAndLog() {
    DefaultCeiling ceiling = find();
    LOG.log(System.Logger.Level.INFO, ceiling::explanation);
    return ceiling.bytes();
  }

  static DefaultCeiling find() {
    long heap = Runtime.getRuntime().maxMemory();
    long option = maxDirectMemorySize();
    return new DefaultCeiling(
        option > 0 ? option : heap,
        option > 0
            ? "-XX:MaxDirectMemorySize"
            : "the maximum heap size, as the JVM does by default",
        // Knows of container limits, cgroup v1 and v2.
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize(),
        heap);
  }

  private static long maxDirectMemorySize() {
    HotSpotDiagnosticMXBean hotSpot =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    return hotSpot == null
        ? 0
        : Long.parseLong(hotSpot.getVMOption("MaxDirectMemorySize").getValue());
  }

  long bytes() {
    return Math.max(MIN_BYTES, Math.min(directBytes, besidesHeap()));
  }

  private long besidesHeap() {
    return (systemBytes - heapBytes) / 4 * 3;
  }

  String explanation() {
    return "lite-alloc may use "
        + mebibytes(bytes())
        + " off-heap: "
        + (bytes() == MIN_BYTES ? "the least that is of use, and more than " : "")
        + "the smaller of "
        + mebibytes(directBytes)
        + " for direct buffers ("
        + directOrigin
        + ") and 3/4 of what "
        + mebibytes(systemBytes)
        + " of memory leave besides a heap of "
        + mebibytes(heapBytes)
        + ". Set maxBytes to choose";
  }

  private static String mebibytes(long bytes) {
    return bytes / (1024 * 1024) + " MiB";
  }
}
