package io.github.litealloc.memory;

import java.nio.ByteBuffer;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A range of addresses that is reserved once and never given up, since somebody may hold a view of
 * it for ever. Memory is taken from it by units of {@link Chunk#UNIT_BYTES}, lowest first, and its
 * pages go back to the kernel when it is released. Any thread.
 */
final class ReservedRange {

  private static final int UNIT_BYTES = Chunk.UNIT_BYTES;

  private final LinuxMemory linux;
  private final LinuxMemory.Segment segment;
  private final long address;
  private final int units;
  private final int pageBytes;

  // Guarded by its own monitor.
  private final BitSet taken;

  /**
   * @param address where it begins
   * @param bytes a multiple of the unit
   */
  ReservedRange(LinuxMemory linux, long address, long bytes) {
    this.linux = linux;
    this.segment = linux.segment(address, bytes);
    this.address = address;
    this.units = Math.toIntExact(bytes / UNIT_BYTES);
    this.pageBytes = linux.pageBytes();
    this.taken = new BitSet(units);
  }

  /**
   * Takes memory.
   *
   * @return {@code null} if no run of units is long enough
   */
  MemorySource.@Nullable Memory allocate(int bytes) {
    int count = unitsOf(bytes);
    int first = take(count);
    if (first < 0) {
      return null;
    }
    boolean isDone = false;
    try {
      long offset = (long) first * UNIT_BYTES;
      ByteBuffer buffer = segment.buffer(offset, bytes);
      MemorySource.Memory memory = new Part(first, buffer, address + offset);
      isDone = true;
      return memory;
    } finally {
      if (!isDone) {
        untake(first, count);
      }
    }
  }

  private static int unitsOf(int bytes) {
    return (bytes - 1) / UNIT_BYTES + 1;
  }

  private int take(int count) {
    synchronized (taken) {
      int first = taken.nextClearBit(0);
      while (first + count <= units) {
        int next = taken.nextSetBit(first);
        if (next < 0 || next - first >= count) {
          taken.set(first, first + count);
          return first;
        }
        first = taken.nextClearBit(next);
      }
      return -1;
    }
  }

  private void untake(int first, int count) {
    synchronized (taken) {
      taken.clear(first, first + count);
    }
  }

  /** {@return the bytes that are taken, for tests} */
  long takenBytes() {
    synchronized (taken) {
      return (long) taken.cardinality() * UNIT_BYTES;
    }
  }

  /** Some units of the range. */
  private final class Part implements MemorySource.Memory {

    private final int first;
    private final ByteBuffer buffer;
    private final long start;

    Part(int first, ByteBuffer buffer, long start) {
      this.first = first;
      this.buffer = buffer;
      this.start = start;
    }

    @Override
    public ByteBuffer buffer() {
      return buffer;
    }

    @Override
    public long address() {
      return start;
    }

    @Override
    public void release() {
      int count = unitsOf(buffer.capacity());
      require(linux.giveBack(start, (long) count * UNIT_BYTES), buffer.capacity());
      untake(first, count);
    }

    @Override
    public int pageBytes() {
      return pageBytes;
    }

    @Override
    public void handBack(int offset, int bytes) {
      require(linux.giveBack(start + offset, bytes), bytes);
    }

    private static void require(boolean isGivenBack, int bytes) {
      if (!isGivenBack) {
        throw new IllegalStateException(
            "the kernel refuses to take back " + bytes + " bytes: is the process's memory locked?");
      }
    }
  }
}
