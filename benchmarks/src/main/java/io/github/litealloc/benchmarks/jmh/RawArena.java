package io.github.litealloc.benchmarks.jmh;

import io.github.litealloc.Arena;
import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;

/** Makes arenas as the strategies are measured without Netty: unchecked, with nobody to share. */
public final class RawArena {

  private static final long MAX_BYTES = 1L << 30;

  private RawArena() {}

  /**
   * Makes an arena of the calling thread with a store and a budget of its own.
   *
   * @param strategy the name of its strategy
   * @return a new arena
   */
  public static Arena open(String strategy) {
    return Arena.builder()
        .strategy(strategy)
        .checked(false)
        .store(ChunkStore.builder().budget(MemoryBudget.of("raw", MAX_BYTES)).build())
        .build();
  }
}
