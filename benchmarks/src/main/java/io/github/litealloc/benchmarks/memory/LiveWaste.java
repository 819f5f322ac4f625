package io.github.litealloc.benchmarks.memory;

import io.github.litealloc.Arena;
import io.github.litealloc.Blocks;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.DirectMemory;
import io.github.litealloc.benchmarks.jmh.NetworkSizes;
import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import java.util.SplittableRandom;

/** How much an arena reserves for what is live in it, while blocks of a server come and go. */
final class LiveWaste {

  private static final long MAX_BYTES = 1L << 30;
  private static final int DRAWS = 1 << 16;
  private static final long SIZE_SEED = 29;
  private static final long SLOT_SEED = 7;

  /** So often each block is replaced, on average. */
  private static final int REPLACEMENTS_PER_BLOCK = 40;

  private static final int LEAST_REPLACEMENTS = 40_000;

  /** Before, what has been reserved is not yet what stays so. */
  private static final int SHARE_BEFORE = 4;

  private LiveWaste() {}

  /**
   * Replaces a random one of some live blocks by one of another size, again and again; the same
   * ones each time that it is called.
   *
   * @param strategy its factory
   * @param live how many blocks are live
   * @return bytes reserved for each byte requested, on average over time
   */
  static double reservedPerRequested(StrategyFactory strategy, int live) {
    int[] sizes = NetworkSizes.sequence(DRAWS, SIZE_SEED);
    SplittableRandom random = new SplittableRandom(SLOT_SEED);
    try (Arena arena =
        Arena.builder()
            .strategy(strategy)
            .checked(false)
            .store(ChunkStore.builder().budget(MemoryBudget.of("waste", MAX_BYTES)).build())
            .build()) {
      long[] blocks = new long[live];
      int[] requests = new int[live];
      int next = 0;
      for (int slot = 0; slot < live; slot++) {
        requests[slot] = sizes[next++ % DRAWS];
        blocks[slot] = allocate(arena, requests[slot]);
      }
      int replacements = Math.max(LEAST_REPLACEMENTS, REPLACEMENTS_PER_BLOCK * live);
      double sum = 0;
      int count = 0;
      for (int i = 0; i < replacements; i++) {
        int slot = random.nextInt(live);
        arena.free(blocks[slot], requests[slot]);
        requests[slot] = sizes[next++ % DRAWS];
        blocks[slot] = allocate(arena, requests[slot]);
        if (i >= replacements / SHARE_BEFORE) {
          sum += arena.statistics().reservedBytes() / (double) arena.statistics().requestedBytes();
          count++;
        }
      }
      return sum / count;
    }
  }

  private static long allocate(Arena arena, int bytes) {
    long block = arena.allocate(bytes);
    if (block == Blocks.NO_BLOCK) {
      throw new CommandFailure(
          arena.statistics() + " has no block of " + bytes + " bytes" + DirectMemory.advice(),
          null);
    }
    return block;
  }
}
