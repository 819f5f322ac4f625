package io.github.litealloc.benchmarks.memory;

import io.github.litealloc.Arena;
import io.github.litealloc.Blocks;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.DirectMemory;
import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * What a strategy adds to each request: the part of its block that nobody asked for.
 *
 * @param name of the strategy
 * @param sizeOf the size of the block for a request, both in bytes
 */
record Waste(String name, IntUnaryOperator sizeOf) {

  private static final long MAX_BYTES = 1L << 30;

  /**
   * Asks a strategy for each request up to a largest one, as an arena that is empty otherwise
   * answers.
   *
   * @param strategy its factory
   * @param largest the largest request that will be asked about, in bytes
   */
  static Waste of(StrategyFactory strategy, int largest) {
    int[] sizes = new int[largest + 1];
    try (Arena arena =
        Arena.builder()
            .strategy(strategy)
            .store(ChunkStore.builder().budget(MemoryBudget.of("waste", MAX_BYTES)).build())
            .build()) {
      for (int request = 0; request <= largest; request++) {
        long block = arena.allocate(request);
        if (block == Blocks.NO_BLOCK) {
          throw new CommandFailure(
              strategy + " has no block of " + request + " bytes" + DirectMemory.advice(), null);
        }
        sizes[request] = arena.sizeOf(block, request);
        arena.free(block, request);
      }
    }
    return new Waste(strategy.name(), request -> sizes[request]);
  }

  /** Returns the wasted share, 0 to 1, of the block of one request. */
  double share(int request) {
    return 1 - request / (double) sizeOf.applyAsInt(request);
  }

  /** Returns the wasted share of all blocks together, if each request of a range comes once. */
  double averageShare(int from, int to) {
    long asked = 0;
    long used = 0;
    for (int request = from; request <= to; request++) {
      asked += request;
      used += sizeOf.applyAsInt(request);
    }
    return 1 - asked / (double) used;
  }

  /** Returns the wasted share of the blocks of these requests together. */
  double averageShare(int[] requests) {
    long asked = Arrays.stream(requests).asLongStream().sum();
    long used = Arrays.stream(requests).map(sizeOf).asLongStream().sum();
    return 1 - asked / (double) used;
  }

  /** Returns the request of a range with the largest wasted share; the first of several. */
  int worst(int from, int to) {
    int worst = from;
    for (int request = from + 1; request <= to; request++) {
      if (share(request) > share(worst)) {
        worst = request;
      }
    }
    return worst;
  }
}
