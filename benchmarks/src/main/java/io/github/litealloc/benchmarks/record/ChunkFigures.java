package io.github.litealloc.benchmarks.record;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an application's own allocators took and gave back while it was recorded: chunks of direct
 * memory, as their events tell. A chunk that was there before and after tells nothing, and is not
 * in here.
 *
 * @param allocators whose they are: the sum of 1 for Netty's pooled allocator, 2 for its adaptive
 *     one, 4 for ours, 8 for any other
 * @param allocated how many were allocated
 * @param allocatedBytes their bytes
 * @param freed how many were freed
 * @param freedBytes their bytes
 * @param bornBefore how many of the freed ones were there when the recording began
 * @param bornBeforeBytes their bytes
 * @param peakBytes the most bytes that were in chunks at once, of those that an event tells of
 */
public record ChunkFigures(
    int allocators,
    long allocated,
    long allocatedBytes,
    long freed,
    long freedBytes,
    long bornBefore,
    long bornBeforeBytes,
    long peakBytes) {

  /** Whose chunk it is. The order is that of the bits in files. */
  enum Owner {
    POOLED("pooled"),
    ADAPTIVE("adaptive"),
    LITE("lite-alloc"),
    OTHER("another allocator");

    private final String text;

    Owner(String text) {
      this.text = text;
    }

    /** Knows an allocator by its class, which users may have derived from Netty's. */
    static Owner of(String className) {
      if (className.contains("Pooled") && !className.contains("Unpooled")) {
        return POOLED;
      }
      return className.contains("Adaptive") ? ADAPTIVE : OTHER;
    }
  }

  /** All owners. */
  static final int MAX_ALLOCATORS = (1 << Owner.values().length) - 1;

  /**
   * What an event says.
   *
   * @param isAllocated or freed
   * @param nanos when
   * @param owner whose it is
   * @param address where it is, 0 if that is not told
   * @param bytes how large it is
   */
  record Seen(boolean isAllocated, long nanos, Owner owner, long address, long bytes) {

    /** Where there is no address, any chunk of the same size is as good. */
    private Object place() {
      return address == 0 ? List.of(owner, bytes) : (Object) List.of(owner, address, bytes);
    }
  }

  /**
   * Counts.
   *
   * @param events in the order of time
   * @return the figures, or none if there is no event: then either no chunk came or went, or nobody
   *     told
   */
  static Optional<ChunkFigures> of(List<Seen> events) {
    if (events.isEmpty()) {
      return Optional.empty();
    }
    int allocators = 0;
    long allocated = 0;
    long allocatedBytes = 0;
    long freed = 0;
    long freedBytes = 0;
    long bornBefore = 0;
    long bornBeforeBytes = 0;
    long most = 0;
    Map<Object, Integer> live = new HashMap<>();
    for (Seen seen : events) {
      allocators |= 1 << seen.owner().ordinal();
      if (seen.isAllocated()) {
        allocated++;
        allocatedBytes += seen.bytes();
        live.merge(seen.place(), 1, Integer::sum);
        most = Math.max(most, allocatedBytes - freedBytes);
      } else {
        freed++;
        freedBytes += seen.bytes();
        Integer there = live.get(seen.place());
        if (there == null || there == 0) {
          bornBefore++;
          bornBeforeBytes += seen.bytes();
        } else {
          live.put(seen.place(), there - 1);
        }
      }
    }
    // What was there before was there from the beginning on, so it is below all that came.
    return Optional.of(
        new ChunkFigures(
            allocators,
            allocated,
            allocatedBytes,
            freed,
            freedBytes,
            bornBefore,
            bornBeforeBytes,
            bornBeforeBytes + most));
  }

  /** {@return the names of the allocators, for a reader} */
  public String owners() {
    List<String> names = new ArrayList<>();
    for (Owner owner : Owner.values()) {
      if ((allocators & 1 << owner.ordinal()) != 0) {
        names.add(owner.text);
      }
    }
    return String.join(" and ", names);
  }
}
