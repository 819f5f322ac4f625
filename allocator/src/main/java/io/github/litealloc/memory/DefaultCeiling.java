package io.github.litealloc.memory;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much off-heap memory a process may use when nobody says: the smaller of what the JVM allows
 * for direct buffers and three quarters of what the machine or container has besides the heap. The
 * last quarter is for the JVM itself.
 *
 * @param directBytes what the JVM allows for direct buffers
 * @param directOrigin where that number comes from
 * @param systemBytes the memory of the machine or container
 * @param systemOrigin which of the two that is, as far as it can be told
 * @param heapBytes the maximum heap
 */
record DefaultCeiling(
    long directBytes, String directOrigin, long systemBytes, String systemOrigin, long heapBytes) {

  private static final System.Logger LOG = System.getLogger("io.github.litealloc");

  /** The least that is of use: a few chunks for a few event loops. */
  static final long MIN_BYTES = 16L * 1024 * 1024;

  private static final Path SYSTEM_ROOT = Path.of("/");
  private static final String MACHINE_MEMORY = "proc/meminfo";
  private static final Pattern MEM_TOTAL = Pattern.compile("(?m)^MemTotal: *(\\d{1,15}) kB$");
  private static final String UNKNOWN_ORIGIN = "the machine or the container's limit";

  static long findAndLog() {
    DefaultCeiling ceiling = find();
    LOG.log(System.Logger.Level.INFO, ceiling::explanation);
    return ceiling.bytes();
  }

  static DefaultCeiling find() {
    return find(SYSTEM_ROOT);
  }

  /**
   * Finds what decides.
   *
   * @param systemRoot where Linux tells the limits of containers and the memory of the machine
   */
  static DefaultCeiling find(Path systemRoot) {
    long heap = Runtime.getRuntime().maxMemory();
    long option = maxDirectMemorySize();
    // Knows of container limits, cgroup v1 and v2, but not of all.
    long known =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    long system = Math.min(known, new ContainerLimit(systemRoot).bytes());
    return new DefaultCeiling(
        option > 0 ? option : heap,
        option > 0
            ? "-XX:MaxDirectMemorySize"
            : "the maximum heap size, as the JVM does by default",
        system,
        systemOrigin(system, systemRoot.resolve(MACHINE_MEMORY)),
        heap);
  }

  /**
   * Tells a container's limit from the memory of the machine, which Linux shows inside containers
   * too.
   *
   * @param systemBytes the smaller one
   * @param machineMemory the file in which Linux tells the memory of the machine
   */
  static String systemOrigin(long systemBytes, Path machineMemory) {
    long machineBytes;
    try {
      Matcher total = MEM_TOTAL.matcher(Files.readString(machineMemory, US_ASCII));
      if (!total.find()) {
        return UNKNOWN_ORIGIN;
      }
      machineBytes = Long.parseLong(total.group(1)) * 1024;
    } catch (IOException | RuntimeException e) {
      return UNKNOWN_ORIGIN; // no Linux, or not allowed
    }
    return systemBytes < machineBytes
        ? "the container's limit, on a machine with " + mebibytes(machineBytes)
        : "the machine, no container limit";
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
        + " of memory ("
        + systemOrigin
        + ") leave besides a heap of "
        + mebibytes(heapBytes)
        + ". Set maxBytes to choose";
  }

  private static String mebibytes(long bytes) {
    return bytes / (1024 * 1024) + " MiB";
  }
}
