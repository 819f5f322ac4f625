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
 * @param requestedTotal bytes asked for
 * @param reallocationsInPlace reallocations that left the block where it was
 * @param reallocationsMoved reallocations that copied the block elsewhere
 * @param copied bytes copied by them
 * @param failures requests that could not be served
 * @param chunkReservations chunks taken from the chunk store
 * @param chunkReleases chunks given back to it
 * @param searchedBlocks free blocks looked at by searches
 */
public record ArenaTotals(
    long arenas,
    long allocations,
    long frees,
    long remoteFrees,
    long requestedTotal,
    long reallocationsInPlace,
    long reallocationsMoved,
    long copied,
    long failures,
    long chunkReservations,
    long chunkReleases,
    long searchedBlocks) {

  static final ArenaTotals NONE = new ArenaTotals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  ArenaTotals plus(ArenaStatistics gone) {
    return new ArenaTotals(
        arenas + 1,
        allocations + gone.allocations(),
        frees + gone.frees(),
        remoteFrees + gone.remoteFrees(),
        requestedTotal + gone.allocatedBytes(),
        reallocationsInPlace + gone.reallocationsInPlace(),
        reallocationsMoved + gone.reallocationsMoved(),
        copied + gone.copiedBytes(),
        failures + gone.failures(),
        chunkReservations + gone.chunkReservations(),
        chunkReleases + gone.chunkReleases(),
        searchedBlocks + gone.searchedBlocks());
  }
}
