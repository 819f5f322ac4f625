package io.github.litealloc;

import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * The figures of an arena, one constant for each getter of {@link ArenaStatistics}, for programs
 * that treat them alike: sum them, write them, show them.
 *
 * <p>A figure has one name everywhere. {@link #USED_BYTES} is {@link ArenaStatistics#usedBytes()}
 * and, on the dashboard, {@code usedBytes}; sizes end in {@code Bytes}, times in {@code Nanos}, all
 * else are numbers of things.
 *
 * @since 0.1.0
 */
public enum ArenaFigure {
  // An arena goes on working while it is read, so the order in which a snapshot reads them matters:
  // a
  // block must not be seen freed before it is seen allocated, nor bytes be seen requested before
  // their chunk is seen reserved.

  /** Blocks freed on a thread other than the owner, as far as the owner has drained them. */
  REMOTE_FREES(Kind.COUNTER, ArenaStatistics::remoteFrees),
  /** Blocks freed on the owner thread. */
  OWNER_FREES(Kind.COUNTER, ArenaStatistics::ownerFrees),
  /** Freed blocks, the sum of the two above. */
  FREES(Kind.COUNTER, ArenaStatistics::frees),
  /** Served allocations. */
  ALLOCATIONS(Kind.COUNTER, ArenaStatistics::allocations),
  /** Allocations that were carved where nothing else was free. */
  CARVED_ALLOCATIONS(Kind.COUNTER, ArenaStatistics::carvedAllocations),
  /** Allocations that got a block which the owner had kept. */
  KEPT_ALLOCATIONS(Kind.COUNTER, ArenaStatistics::keptAllocations),
  /** Allocations for which the strategy found a block. */
  STRATEGY_ALLOCATIONS(Kind.COUNTER, ArenaStatistics::strategyAllocations),
  /** Allocations that got a chunk of their own. */
  HUGE_ALLOCATIONS(Kind.COUNTER, ArenaStatistics::hugeAllocations),
  /** Blocks that are allocated and not freed. */
  LIVE_BLOCKS(Kind.LEVEL, ArenaStatistics::liveBlocks),
  /** Bytes that the callers asked for, of live blocks. */
  REQUESTED_BYTES(Kind.LEVEL, ArenaStatistics::requestedBytes),
  /** Bytes in live blocks. */
  USED_BYTES(Kind.LEVEL, ArenaStatistics::usedBytes),
  /** Bytes in blocks that the owner keeps for its next requests. */
  CACHED_BYTES(Kind.LEVEL, ArenaStatistics::cachedBytes),
  /** Bytes of the chunks that hold live blocks. */
  PINNED_BYTES(Kind.LEVEL, ArenaStatistics::pinnedBytes),
  /** Bytes of all chunks. */
  RESERVED_BYTES(Kind.LEVEL, ArenaStatistics::reservedBytes),
  /**
   * {@link #RESERVED_BYTES} less the pages that have gone back to the system inside pinned chunks.
   */
  COMMITTED_BYTES(Kind.LEVEL, ArenaStatistics::committedBytes),
  /** Reserved bytes that are in no live block. */
  FREE_BYTES(Kind.LEVEL, ArenaStatistics::freeBytes),
  /** Free bytes that were never carved. */
  FREE_BUMP_BYTES(Kind.LEVEL, ArenaStatistics::freeBumpBytes),
  /** Free bytes that were used, and can serve a request again. */
  FREE_LISTED_BYTES(Kind.LEVEL, ArenaStatistics::freeListedBytes),
  /** Free bytes that are of no use before their chunk is empty. */
  FREE_DEAD_BYTES(Kind.LEVEL, ArenaStatistics::freeDeadBytes),
  /** The largest free block. */
  FREE_LARGEST_BYTES(Kind.GREATEST, ArenaStatistics::freeLargestBytes),
  /** Free blocks that can serve a request. */
  FREE_BLOCKS(Kind.LEVEL, ArenaStatistics::freeBlocks),
  /** The highest {@link #USED_BYTES}. */
  PEAK_USED_BYTES(Kind.PEAK, ArenaStatistics::peakUsedBytes),
  /** The highest {@link #RESERVED_BYTES}. */
  PEAK_RESERVED_BYTES(Kind.PEAK, ArenaStatistics::peakReservedBytes),
  /** Bytes that callers of allocate asked for. */
  ALLOCATED_BYTES(Kind.COUNTER, ArenaStatistics::allocatedBytes),
  /** Reallocations that left the block where it was. */
  REALLOCATIONS_IN_PLACE(Kind.COUNTER, ArenaStatistics::reallocationsInPlace),
  /** Reallocations that made the block smaller where it was. */
  REALLOCATIONS_SHRUNK(Kind.COUNTER, ArenaStatistics::reallocationsShrunk),
  /** Reallocations that copied the block elsewhere. */
  REALLOCATIONS_MOVED(Kind.COUNTER, ArenaStatistics::reallocationsMoved),
  /** Bytes copied by reallocations. */
  COPIED_BYTES(Kind.COUNTER, ArenaStatistics::copiedBytes),
  /** Requests that the arena could not serve. */
  FAILURES(Kind.COUNTER, ArenaStatistics::failures),
  /** Those of {@link #FAILURES} that the budget refused. */
  REFUSALS_BUDGET(Kind.COUNTER, ArenaStatistics::refusalsBudget),
  /** Those that the system refused. */
  REFUSALS_SYSTEM(Kind.COUNTER, ArenaStatistics::refusalsSystem),
  /** Those that had to wait for the garbage collector. */
  REFUSALS_COLLECTOR(Kind.COUNTER, ArenaStatistics::refusalsCollector),
  /** Those that nobody refused: the arena itself was at its end. */
  REFUSALS_ARENA(Kind.COUNTER, ArenaStatistics::refusalsArena),
  /** Nanoseconds that it took to be refused chunks. */
  REFUSAL_NANOS(Kind.COUNTER, ArenaStatistics::refusalNanos),
  /** Chunks held. */
  CHUNKS(Kind.LEVEL, ArenaStatistics::chunks),
  /** Chunks taken from the chunk store. */
  CHUNK_RESERVATIONS(Kind.COUNTER, ArenaStatistics::chunkReservations),
  /** Nanoseconds that it took to get {@link #CHUNK_RESERVATIONS}. */
  CHUNK_RESERVATION_NANOS(Kind.COUNTER, ArenaStatistics::chunkReservationNanos),
  /** Chunks that became empty. */
  RESETS(Kind.COUNTER, ArenaStatistics::resets),
  /** Chunks given back to the chunk store. */
  CHUNK_RELEASES(Kind.COUNTER, ArenaStatistics::chunkReleases),
  /** Free blocks that searches have looked at. */
  SEARCHED_BLOCKS(Kind.COUNTER, ArenaStatistics::searchedBlocks),
  /** Free blocks that were joined with one that became free beside them. */
  MERGES(Kind.COUNTER, ArenaStatistics::merges),
  /**
   * Writes to memory that was not the writer's, and double releases, found by {@link Hardening}.
   */
  VIOLATIONS(Kind.COUNTER, ArenaStatistics::violations),
  /** Those behind the end of a live block. */
  VIOLATIONS_OVERRUN(Kind.COUNTER, ArenaStatistics::violationsOverrun),
  /** Those into a freed block. */
  VIOLATIONS_WRITE_AFTER_FREE(Kind.COUNTER, ArenaStatistics::violationsWriteAfterFree),
  /** Those into free memory that was nobody's. */
  VIOLATIONS_WRITE_TO_FREE_MEMORY(Kind.COUNTER, ArenaStatistics::violationsWriteToFreeMemory),
  /** Releases of what had been released before. */
  VIOLATIONS_DOUBLE_RELEASE(Kind.COUNTER, ArenaStatistics::violationsDoubleRelease),
  /** Passes of giving back because nothing was allocated between two ticks. */
  TRIMS_IDLE(Kind.COUNTER, ArenaStatistics::trimsIdle),
  /** Bytes that went back by these. */
  TRIMMED_IDLE_BYTES(Kind.COUNTER, ArenaStatistics::trimmedIdleBytes),
  /** Passes of giving back at a tick while it was in use, by what was empty for the decay time. */
  TRIMS_DECAY(Kind.COUNTER, ArenaStatistics::trimsDecay),
  /** Bytes that went back by these. */
  TRIMMED_DECAY_BYTES(Kind.COUNTER, ArenaStatistics::trimmedDecayBytes),
  /**
   * Passes of giving back because the budget was under pressure, or another arena waited for
   * memory.
   */
  TRIMS_PRESSURE(Kind.COUNTER, ArenaStatistics::trimsPressure),
  /** Bytes that went back by these. */
  TRIMMED_PRESSURE_BYTES(Kind.COUNTER, ArenaStatistics::trimmedPressureBytes),
  /** Passes of giving back because somebody called trim. */
  TRIMS_MANUAL(Kind.COUNTER, ArenaStatistics::trimsManual),
  /** Bytes that went back by these. */
  TRIMMED_MANUAL_BYTES(Kind.COUNTER, ArenaStatistics::trimmedManualBytes);

  /** How a figure changes, which decides what of it outlives its arena. */
  public enum Kind {
    /** Only grows; totals over arenas keep it when its arena is gone. */
    COUNTER,
    /** Goes up and down, and ends with its arena. */
    LEVEL,
    /**
     * Goes up and down, and ends with its arena; that of several arenas is the greatest of theirs.
     */
    GREATEST,
    /**
     * The highest value of a level, and ends with its arena. Arenas reach theirs at different
     * times, so a sum over arenas is no less than the highest sum.
     */
    PEAK
  }

  private final Kind kind;
  private final ToLongFunction<ArenaStatistics> reader;
  private final String id = camelCase(name());

  ArenaFigure(Kind kind, ToLongFunction<ArenaStatistics> reader) {
    this.kind = kind;
    this.reader = reader;
  }

  /** {@return how the figure changes} */
  public Kind kind() {
    return kind;
  }

  /** {@return whether the figure is a size in bytes; else it is a number of things} */
  public boolean isBytes() {
    return id.endsWith("Bytes");
  }

  /** {@return the name of the getter, such as {@code usedBytes}} */
  public String id() {
    return id;
  }

  long read(ArenaStatistics statistics) {
    return reader.applyAsLong(statistics);
  }

  private static String camelCase(String constant) {
    StringBuilder name = new StringBuilder();
    for (String word : constant.split("_")) {
      String lower = word.toLowerCase(Locale.ROOT);
      name.append(name.isEmpty() ? lower : word.charAt(0) + lower.substring(1));
    }
    return name.toString();
  }
}
