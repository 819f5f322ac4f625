package io.github.litealloc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * How many allocations an arena has served, by size. The owner counts, without fences; any thread
 * may read.
 */
final class SizeCounts {
  /*
   * A range is not looked up with each request: the owner counts by what it knows anyway. What the
   * arena serves is counted by the power of two; and what is kept, by the size of its block, on the
   * shelf that it is taken from: that line of the processor's cache is written to anyway.
   */

  private static final VarHandle LONG = MethodHandles.arrayElementVarHandle(long[].class);

  /** The smallest range is up to so many bytes, as a power of two. */
  private static final int SMALLEST_SHIFT = 6;

  private static final int RANGES = SizeRange.values().length;

  /** By {@link #index}, which is found first: whoever counts may have no stack for a call. */
  final long[] served = new long[Integer.SIZE + 1];

  /** All shelves, the youngest first. */
  private volatile @Nullable BlockShelf shelves;

  /** The leading zeros of the size in smallest ranges: few steps, and no table. */
  static int index(int bytes) {
    return Integer.numberOfLeadingZeros((bytes - 1) >>> SMALLEST_SHIFT);
  }

  /** The largest size that is counted at an index. */
  static int maxBytes(int index) {
    int shift = Integer.SIZE - index + SMALLEST_SHIFT;
    if (shift >= Integer.SIZE) {
      return 0; // 0 less one, read as unsigned, is the largest number
    }
    return shift == Integer.SIZE - 1 ? Integer.MAX_VALUE : 1 << shift;
  }

  /** Owner only. */
  BlockShelf addShelf(int blockBytes) {
    BlockShelf shelf = new BlockShelf(blockBytes, shelves);
    shelves = shelf;
    return shelf;
  }

  /** {@return the allocations by the ordinal of {@link SizeRange}} Any thread. */
  long[] byRange() {
    long[] sums = new long[RANGES];
    for (int index = 0; index < served.length; index++) {
      sums[SizeRange.of(maxBytes(index)).ordinal()] += (long) LONG.getOpaque(served, index);
    }
    for (BlockShelf shelf = shelves; shelf != null; shelf = shelf.next) {
      sums[SizeRange.of(shelf.blockBytes).ordinal()] += shelf.reusesOpaque();
    }
    return sums;
  }
}
