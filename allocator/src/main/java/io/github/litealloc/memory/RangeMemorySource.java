package io.github.litealloc.memory;

import io.github.litealloc.internal.Log;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Memory from ranges of addresses that are reserved once: what is released leaves the process at
 * once, page by page if need be, without a call to the C library and without stopping any thread.
 */
final class RangeMemorySource implements MemorySource {
  /*
   * One range is many times what a process uses, so that long-lived chunks in its middle leave room for
   * large ones; where it is full all the same, another one is reserved. If that fails, the JDK serves.
   *
   * A range costs addresses only. Where those are counted (a limit of address space, strict overcommit)
   * or all that is mapped is made resident (locked memory) there must be none: it would take from the
   * process what it needs for other things. These three are asked for, not tried.
   */

  private static final System.Logger LOG = System.getLogger("io.github.litealloc");

  /** Set to {@link #OFF} or {@link #HUGE_PAGES}. */
  static final String PROPERTY = "litealloc.range";

  static final String ON = "on";
  static final String OFF = "off";
  static final String HUGE_PAGES = "huge-pages";

  static final long RANGE_BYTES = 16L << 30;

  private final LinuxMemory linux;
  private final long rangeBytes;
  private final boolean hasHugePages;
  private final MemorySource next;
  private final List<ReservedRange> ranges = new CopyOnWriteArrayList<>();
  private final Object reserving = new Object();
  private volatile boolean isRefused; // another range

  /**
   * With a first range.
   *
   * @param rangeBytes the size of each
   * @param hasHugePages whether memory may come in huge pages
   * @param next what serves when no more can be reserved
   * @throws IllegalStateException if there can be none
   */
  RangeMemorySource(LinuxMemory linux, long rangeBytes, boolean hasHugePages, MemorySource next) {
    this.linux = linux;
    this.rangeBytes = rangeBytes;
    this.hasHugePages = hasHugePages;
    this.next = next;
    ranges.add(
        reserve()
            .orElseThrow(
                () -> new IllegalStateException("the kernel refuses " + rangeBytes + " bytes")));
  }

  /**
   * {@return the source of this process; empty where there can be none, which a line in the log
   * explains if native access is enabled}
   *
   * @throws IllegalArgumentException if the property says something else than it may
   */
  static Optional<MemorySource> ofProcess() {
    String setting = setting();
    try {
      return setting.equals(OFF) ? Optional.empty() : Optional.ofNullable(OfProcess.INSTANCE);
    } catch (LinkageError e) {
      return Optional.empty(); // the stack or the heap has ended where it was made
    }
  }

  private static String setting() {
    String setting;
    try {
      setting = System.getProperty(PROPERTY, ON);
    } catch (SecurityException e) {
      return ON;
    }
    if (!List.of(ON, OFF, HUGE_PAGES).contains(setting)) {
      throw new IllegalArgumentException(
          PROPERTY
              + ": '"
              + setting
              + "' (expected: "
              + String.join(", ", ON, OFF, HUGE_PAGES)
              + ')');
    }
    return setting;
  }

  /** Made when it is first asked for. */
  private static final class OfProcess {
    static final @Nullable MemorySource INSTANCE = open();

    private static @Nullable MemorySource open() {
      LinuxMemory linux = LinuxMemory.find().orElse(null);
      if (linux == null) {
        return null;
      }
      String obstacle;
      try {
        obstacle = AddressSpace.ofProcess().obstacle(linux);
        if (obstacle == null) {
          boolean hasHugePages = setting().equals(HUGE_PAGES);
          return new RangeMemorySource(linux, RANGE_BYTES, hasHugePages, MemorySource.jdk());
        }
      } catch (RuntimeException | LinkageError e) {
        obstacle = e + (e.getCause() == null ? "" : ", " + e.getCause());
      }
      Log.write(
          LOG,
          System.Logger.Level.INFO,
          "lite-alloc reserves no range of addresses, and takes each chunk from the JDK or Netty: "
              + obstacle,
          null);
      return null;
    }
  }

  @Override
  public Memory allocate(int bytes) {
    for (ReservedRange range : ranges) {
      Memory memory = range.allocate(bytes);
      if (memory != null) {
        return memory;
      }
    }
    Memory memory = isRefused ? null : allocateFromAnother(bytes);
    return memory != null ? memory : next.allocate(bytes);
  }

  private @Nullable Memory allocateFromAnother(int bytes) {
    int seen = ranges.size();
    synchronized (reserving) {
      if (ranges.size() == seen) {
        Optional<ReservedRange> another = reserve();
        if (another.isEmpty()) {
          isRefused = true;
          return null;
        }
        ranges.add(another.get());
      }
    }
    return ranges.get(ranges.size() - 1).allocate(bytes);
  }

  private Optional<ReservedRange> reserve() {
    long address = linux.reserve(rangeBytes);
    if (address == 0) {
      return Optional.empty();
    }
    boolean isDone = false;
    try {
      // Or eight megabytes that are used could be 262 that are resident, where such pages are
      // usual.
      linux.setHugePages(address, rangeBytes, hasHugePages);
      Optional<ReservedRange> range = Optional.of(new ReservedRange(linux, address, rangeBytes));
      isDone = true;
      return range;
    } finally {
      if (!isDone) {
        linux.unreserve(address, rangeBytes);
      }
    }
  }

  @Override
  public String name() {
    return "range";
  }

  @Override
  public boolean usesNativeHeap() {
    return false;
  }

  /** {@return the bytes that are taken, for tests} */
  long takenBytes() {
    return ranges.stream().mapToLong(ReservedRange::takenBytes).sum();
  }
}
