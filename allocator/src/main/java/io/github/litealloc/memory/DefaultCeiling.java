package io.github.litealloc.memory;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.litealloc.internal.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much off-heap memory a process may use when nobody says: three quarters of the smallest limit
 * that our memory counts under, whatever source serves it. The last quarter is for what else draws
 * from the same limit: of direct memory, other allocators, TLS engines and the JDK's own buffers;
 * of the machine or container, the JVM itself.
 *
 * @param directBytes the limit of direct memory
 * @param directOrigin who sets that limit
 * @param systemBytes the memory of the machine or container, or {@link #UNKNOWN}
 * @param systemOrigin which of the two that is, as far as it can be told
 * @param heapBytes the maximum heap
 */
record DefaultCeiling(
    long directBytes, String directOrigin, long systemBytes, String systemOrigin, long heapBytes) {

  private static final System.Logger LOG = System.getLogger("io.github.litealloc");

  /** The memory of a machine that tells nothing of it. */
  static final long UNKNOWN = Long.MAX_VALUE;

  /** The least that is of use where the heap leaves nothing: some chunks for some event loops. */
  static final long MIN_BYTES = 16L * 1024 * 1024;

  /** The limit of Netty's own counter, which also counts what our Netty source takes. */
  private static final String NETTY_LIMIT = "io.netty.maxDirectMemory";

  private static final Path SYSTEM_ROOT = Path.of("/");
  private static final String MACHINE_MEMORY = "proc/meminfo";
  private static final Pattern MEM_TOTAL = Pattern.compile("(?m)^MemTotal: *(\\d{1,15}) kB$");
  private static final String UNKNOWN_ORIGIN = "the machine or the container's limit";

  static long findAndLog() {
    DefaultCeiling ceiling = find();
    Log.write(LOG, System.Logger.Level.INFO, ceiling.explanation(), null);
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
    return find(
        systemRoot, JvmLimits.maxDirectMemorySize(), JvmLimits.totalMemoryBytes(), nettyLimit());
  }

  /** The same where the JVM and Netty have been asked already. */
  static DefaultCeiling find(Path systemRoot, long jvmOption, long totalMemory, long nettyLimit) {
    long heap = Runtime.getRuntime().maxMemory();
    long direct = jvmOption > 0 ? jvmOption : heap;
    String directOrigin =
        jvmOption > 0
            ? "-XX:MaxDirectMemorySize"
            : "the maximum heap size, as the JVM does by default";
    if (nettyLimit > 0 && nettyLimit < direct) {
      direct = nettyLimit;
      directOrigin = "-D" + NETTY_LIMIT;
    }
    Path machineMemory = systemRoot.resolve(MACHINE_MEMORY);
    // The JDK knows of container limits, cgroup v1 and v2, but not of all.
    long known = totalMemory > 0 ? totalMemory : machineBytes(machineMemory);
    long system = Math.min(known, new ContainerLimit(systemRoot).bytes());
    return new DefaultCeiling(
        direct, directOrigin, system, systemOrigin(system, machineMemory), heap);
  }

  private static long nettyLimit() {
    try {
      return Long.getLong(NETTY_LIMIT, 0);
    } catch (SecurityException e) {
      return 0;
    }
  }

  /**
   * Tells a container's limit from the memory of the machine, which Linux shows inside containers
   * too.
   *
   * @param systemBytes the smaller one
   * @param machineMemory the file in which Linux tells the memory of the machine
   */
  static String systemOrigin(long systemBytes, Path machineMemory) {
    long machineBytes = machineBytes(machineMemory);
    if (machineBytes == UNKNOWN) {
      return UNKNOWN_ORIGIN;
    }
    return systemBytes < machineBytes
        ? "the container's limit, on a machine with " + mebibytes(machineBytes)
        : "the machine, no container limit";
  }

  private static long machineBytes(Path machineMemory) {
    try {
      Matcher total = MEM_TOTAL.matcher(Files.readString(machineMemory, US_ASCII));
      return total.find() ? Long.parseLong(total.group(1)) * 1024 : UNKNOWN;
    } catch (IOException | RuntimeException e) {
      return UNKNOWN; // no Linux, or not allowed
    }
  }

  long bytes() {
    // In a small container the heap may leave nothing; direct memory that does not exist serves
    // nobody.
    long least = Math.min(threeQuarters(directBytes), MIN_BYTES);
    return Math.max(Math.max(threeQuarters(smallerLimit()), least), Chunk.UNIT_BYTES);
  }

  private long smallerLimit() {
    return systemBytes == UNKNOWN ? directBytes : Math.min(directBytes, besidesHeap());
  }

  private long besidesHeap() {
    return Math.max(0, systemBytes - heapBytes);
  }

  private static long threeQuarters(long bytes) {
    return bytes / 4 * 3;
  }

  String explanation() {
    return "lite-alloc may use "
        + mebibytes(bytes())
        + " off-heap"
        + (bytes() > threeQuarters(smallerLimit()) ? ", the least that is of use" : "")
        + ": 3/4 of the smaller of "
        + mebibytes(directBytes)
        + " for direct buffers ("
        + directOrigin
        + ") and "
        + (systemBytes == UNKNOWN
            ? "what memory there is besides the heap, which cannot be told"
            : mebibytes(besidesHeap())
                + " besides the heap ("
                + mebibytes(systemBytes)
                + " of memory: "
                + systemOrigin
                + "; a heap of "
                + mebibytes(heapBytes)
                + ")")
        + ". Set maxBytes to choose";
  }

  private static String mebibytes(long bytes) {
    return bytes / (1024 * 1024) + " MiB";
  }
}
