package io.github.litealloc.metrics.internal;

import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.netty.ArenaTotals;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One figure of an arena, and where it is read.
 *
 * <p>A gauge goes up and down and ends with its arena. A counter only grows; what an ended arena
 * had counted stays in the allocator's totals.
 */
public enum Figure {
  // An arena goes on working while it is read, so the order matters: a buffer must not be seen
  // freed
  // before it is seen allocated, nor bytes be seen requested before their chunk is seen reserved.

  /** Frees on a thread other than the owner; a counter. */
  REMOTE_FREES(ArenaStatistics::remoteFrees, ArenaTotals::remoteFrees),
  /** Frees on the owner thread; a counter. */
  OWNER_FREES(
      statistics -> statistics.frees() - statistics.remoteFrees(),
      totals -> totals.frees() - totals.remoteFrees()),
  /** Served requests; a counter. */
  ALLOCATIONS(ArenaStatistics::allocations, ArenaTotals::allocations),
  /** Buffers that are out; a gauge. */
  LIVE_BUFFERS(ArenaStatistics::liveBlocks),
  /** Bytes asked for, of live buffers; a gauge. */
  REQUESTED(ArenaStatistics::requested),
  /** Bytes in live blocks; a gauge. */
  USED(ArenaStatistics::used),
  /** Bytes of chunks that are not empty; a gauge. */
  PINNED(ArenaStatistics::pinned),
  /** Bytes of all chunks; a gauge. */
  RESERVED(ArenaStatistics::reserved),
  /** Highest {@link #USED}; a gauge. */
  PEAK_USED(ArenaStatistics::peakUsed),
  /** Chunks held; a gauge. */
  CHUNKS(ArenaStatistics::chunks),
  /** Bytes asked for, cumulative; a counter. */
  ALLOCATED(ArenaStatistics::requestedTotal, ArenaTotals::requestedTotalBytes),
  /** Capacity changes without a copy; a counter. */
  REALLOCATIONS_IN_PLACE(ArenaStatistics::reallocationsInPlace, ArenaTotals::reallocationsInPlace),
  /** Capacity changes that copied; a counter. */
  REALLOCATIONS_MOVED(ArenaStatistics::reallocationsMoved, ArenaTotals::reallocationsMoved),
  /** Bytes copied by capacity changes; a counter. */
  COPIED(ArenaStatistics::copied, ArenaTotals::copiedBytes),
  /** Chunks given back; a counter. */
  CHUNK_RELEASES(ArenaStatistics::chunksGivenBack, ArenaTotals::chunksGivenBack),
  /** Free blocks looked at; a counter. */
  SEARCHED_BLOCKS(ArenaStatistics::searchedBlocks, ArenaTotals::searchedBlocks);

  private final String id = camelCase(name());
  private final ToLongFunction<ArenaStatistics> live;
  private final @Nullable ToLongFunction<ArenaTotals> closed;

  Figure(ToLongFunction<ArenaStatistics> live) {
    this.live = live;
    this.closed = null;
  }

  Figure(ToLongFunction<ArenaStatistics> live, ToLongFunction<ArenaTotals> closed) {
    this.live = live;
    this.closed = closed;
  }

  /**
   * Tells whether the figure only grows.
   *
   * @return {@code false} for a gauge
   */
  public boolean isCounter() {
    return closed != null;
  }

  /**
   * Returns the name in JSON, as {@code ownerFrees}.
   *
   * @return the constant's name in camel case
   */
  public String id() {
    return id;
  }

  private static String camelCase(String constant) {
    StringBuilder name = new StringBuilder();
    for (String word : constant.split("_")) {
      String lower = word.toLowerCase(Locale.ROOT);
      name.append(name.isEmpty() ? lower : word.charAt(0) + lower.substring(1));
    }
    return name.toString();
  }

  long read(ArenaStatistics statistics) {
    return live.applyAsLong(statistics);
  }

  long read(ArenaTotals totals) {
    return closed == null ? 0 : closed.applyAsLong(totals);
  }
}
