package io.github.litealloc.netty;

import io.github.litealloc.ArenaStatistics;

/**
 * What arenas that are gone have counted, so that sums over all arenas never fall. An immutable
 * snapshot.
 *
 * @param arenas how many arenas are gone
 * @param allocations served allocations
 * @param frees freed buffers
 * @param remoteFrees those of them freed on other threads
 * @param requestedTotalBytes bytes asked for
 * @param reallocationsInPlace reallocations that left the block where it was
 * @param reallocationsMoved reallocations that copied the block elsewhere
 * @param copiedBytes bytes copied by them
 * @param failures requests that could not be served
 * @param chunksTaken chunks taken from the chunk store
 * @param chunksGivenBack chunks given back to it
 * @param searchedBlocks free blocks looked at by searches
 */
public record ArenaTotals(
    long arenas,
    long allocations,
    long frees,
    long remoteFrees,
    long requestedTotalBytes,
    long reallocationsInPlace,
    long reallocationsMoved,
    long copiedBytes,
    long failures,
    long chunksTaken,
    long chunksGivenBack,
    long searchedBlocks) {

  static final ArenaTotals NONE = new ArenaTotals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  ArenaTotals plus(ArenaStatistics gone) {
    return new ArenaTotals(
        arenas + 1,
        allocations + gone.allocations(),
        frees + gone.frees(),
        remoteFrees + gone.remoteFrees(),
        requestedTotalBytes + gone.requestedTotal(),
        reallocationsInPlace + gone.reallocationsInPlace(),
        reallocationsMoved + gone.reallocationsMoved(),
        copiedBytes + gone.copied(),
        failures + gone.failures(),
        chunksTaken + gone.chunksTaken(),
        chunksGivenBack + gone.chunksGivenBack(),
        searchedBlocks + gone.searchedBlocks());
  }
}
