package io.github.litealloc.benchmarks.jmh;

import io.github.litealloc.Arena;

/**
 * The three workloads of the benchmark that the Rust crate {@code lite-alloc} has, with the very
 * sizes that it draws. Confined to one thread.
 *
 * <p>Differences: the sizes are drawn and the arrays made before the measurement, where the crate
 * does both within it; and its figures hold for a fresh heap, for its {@code BumpFreeListAllocator}
 * forgets the true size of the blocks that it reuses and slows down a thousandfold within some
 * hundred rounds of the mixed workload, and its {@code SegregatedBumpAllocator} never reuses blocks
 * above 128 bytes, so that such requests soon fail. Here each round leaves an arena as it was.
 */
final class CrateWorkload {

  static final int TINY_BYTES = 8;

  /** How many blocks a mixed round allocates, and frees. */
  static final int MIXED = 700;

  /** How many blocks a round of {@link #lifo} allocates, and frees. */
  static final int STACKED = 1_000;

  private static final int MIXED_FIRST = 500;

  private final int[] sizes = drawSizes();
  private final long[] blocks = new long[STACKED];

  /** Draws 500 sizes of 8 to 255 bytes and 200 of 8 to 127, as the crate's generator does. */
  static int[] drawSizes() {
    long state = 0xDEADBEEFL;
    int[] sizes = new int[MIXED];
    for (int i = 0; i < MIXED; i++) {
      state = state * 6364136223846793005L + 1442695040888963407L;
      int bound = i < MIXED_FIRST ? 256 : 128;
      sizes[i] = TINY_BYTES + (int) Long.remainderUnsigned(state, bound - TINY_BYTES);
    }
    return sizes;
  }

  /** Allocates 8 bytes and frees them. */
  void tiny(Arena arena) {
    arena.free(arena.allocate(TINY_BYTES), TINY_BYTES);
  }

  /** Allocates 500 blocks, frees every other one, allocates 200 smaller ones, and frees all. */
  void mixed(Arena arena) {
    for (int i = 0; i < MIXED_FIRST; i++) {
      blocks[i] = arena.allocate(sizes[i]);
    }
    for (int i = 0; i < MIXED_FIRST; i += 2) {
      arena.free(blocks[i], sizes[i]);
    }
    for (int i = MIXED_FIRST; i < MIXED; i++) {
      blocks[i] = arena.allocate(sizes[i]);
    }
    for (int i = 1; i < MIXED_FIRST; i += 2) {
      arena.free(blocks[i], sizes[i]);
    }
    for (int i = MIXED_FIRST; i < MIXED; i++) {
      arena.free(blocks[i], sizes[i]);
    }
  }

  /** Allocates 1,000 blocks of 8 bytes and frees the last one first. */
  void lifo(Arena arena) {
    for (int i = 0; i < STACKED; i++) {
      blocks[i] = arena.allocate(TINY_BYTES);
    }
    for (int i = STACKED - 1; i >= 0; i--) {
      arena.free(blocks[i], TINY_BYTES);
    }
  }
}
