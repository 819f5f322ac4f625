package io.github.litealloc;

import io.github.litealloc.memory.Refusal;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The figures of one arena, for any thread to read at any time.
 *
 * <p>The arena's owner is the only writer and updates plain fields; readers use opaque access, so
 * reading costs the owner nothing. Each figure is exact for some recent moment, but two figures
 * read one after the other may belong to different moments. A statistics object does not refer to
 * its arena: keeping it keeps no memory alive.
 *
 * <p>Sizes are in bytes, and their names end so. {@link ArenaFigure} lists the figures for programs
 * that treat them alike.
 *
 * @since 0.1.0
 */
public final class ArenaStatistics {

  private static final VarHandle REMOTE_FREES = field("remoteFrees");
  private static final VarHandle ALLOCATIONS = field("allocations");
  private static final VarHandle SHORTCUT_ALLOCATIONS = field("shortcutAllocations");
  private static final VarHandle FREES = field("frees");
  private static final VarHandle SHORTCUT_FREES = field("shortcutFrees");
  private static final VarHandle OCCUPIED = field("occupied");
  private static final VarHandle CACHED = field("cached");
  private static final VarHandle REQUESTED_TOTAL = field("requestedTotal");
  private static final VarHandle UNREQUESTED_TOTAL = field("unrequestedTotal");
  private static final VarHandle RESERVED = field("reserved");
  private static final VarHandle HANDED_BACK = field("handedBack");
  private static final VarHandle PEAK_USED = field("peakUsed");
  private static final VarHandle PEAK_RESERVED = field("peakReserved");
  private static final VarHandle REALLOCATIONS_IN_PLACE = field("reallocationsInPlace");
  private static final VarHandle REALLOCATIONS_MOVED = field("reallocationsMoved");
  private static final VarHandle COPIED = field("copied");
  private static final VarHandle FAILURES = field("failures");
  private static final VarHandle CHUNKS = field("chunks");
  private static final VarHandle CHUNK_RESERVATIONS = field("chunkReservations");
  private static final VarHandle CHUNK_RELEASES = field("chunkReleases");
  private static final VarHandle SEARCHED_BLOCKS = field("searchedBlocks");
  private static final VarHandle MERGES = field("merges");
  private static final VarHandle VIOLATIONS = field("violations");
  private static final VarHandle DOUBLE_RELEASES = field("doubleReleases");
  private static final VarHandle OPEN_CHUNK = field("openChunk");
  private static final VarHandle KEPT_ALLOCATIONS = field("keptAllocations");
  private static final VarHandle HUGE_ALLOCATIONS = field("hugeAllocations");
  private static final VarHandle REALLOCATIONS_SHRUNK = field("reallocationsShrunk");
  private static final VarHandle REFUSALS_BUDGET = field("refusalsBudget");
  private static final VarHandle REFUSALS_SYSTEM = field("refusalsSystem");
  private static final VarHandle REFUSALS_COLLECTOR = field("refusalsCollector");
  private static final VarHandle CHUNK_RESERVATION_NANOS = field("chunkReservationNanos");
  private static final VarHandle REFUSAL_NANOS = field("refusalNanos");
  private static final VarHandle RESETS = field("resets");
  private static final VarHandle OVERRUNS = field("overruns");
  private static final VarHandle WRITES_AFTER_FREE = field("writesAfterFree");
  private static final VarHandle BUMP_FREE = field("bumpFree");
  private static final VarHandle LISTED_FREE = field("listedFree");
  private static final VarHandle LARGEST_FREE = field("largestFree");
  private static final VarHandle FREE_BLOCKS = field("freeBlocks");

  private static final VarHandle LONG = MethodHandles.arrayElementVarHandle(long[].class);

  // Written by the owner only (a closed arena: under its lock), without fences.
  long allocations; // besides those by the shortcut, and of what is kept
  long keptAllocations; // served with a block that the owner had kept
  long shortcutAllocations; // carved from an open wilderness
  long frees; // besides those by the shortcut
  long shortcutFrees; // taken back into an open wilderness
  long remoteFrees;
  long requestedTotal; // allocatedBytes()
  long unrequestedTotal; // what of it is requested no more, less growth by reallocation
  long occupied; // bytes in live and in cached blocks
  long cached;
  long peakUsed; // as of the last time that less was used than before
  long reserved;
  long handedBack; // of what is reserved: pages that are the system's again
  long peakReserved;
  long reallocationsInPlace;
  long reallocationsMoved;
  long copied;
  long failures;
  long chunks;
  long chunkReservations;
  long chunkReleases;
  long searchedBlocks;
  long merges;
  long violations;
  long hugeAllocations; // part of allocations
  long reallocationsShrunk;
  long refusalsBudget; // part of failures, as the next two
  long refusalsSystem;
  long refusalsCollector;
  long chunkReservationNanos;
  long refusalNanos;
  long resets;
  long overruns; // part of violations, as the next one
  long writesAfterFree;

  @SuppressWarnings("unused") // by its VarHandle, and atomically: any thread may find one
  private long doubleReleases;

  /** By {@link TrimTrigger}: how often the owner set about giving back, and what it gave. */
  private final long[] trims = new long[TrimTrigger.values().length];

  private final long[] trimmedBytes = new long[trims.length];

  // As the owner found it when it looked last: see FreeLook.
  long bumpFree;
  long listedFree;
  long largestFree;
  long freeBlocks;

  private static final int NO_OPEN_CHUNK = -1;

  /** The chunk of which the account by chunk is behind what is occupied. */
  long openChunk = NO_OPEN_CHUNK;

  final PinnedChunks pinnedChunks = new PinnedChunks();

  private final SizeCounts sizes = new SizeCounts();

  /** By {@link SizeCounts#index}: allocations, besides those of what is kept. */
  final long[] servedBySize = sizes.served;

  // No figures, but here because caching looks at nothing else: how much may be cached; or, if that
  // allows more, cached and live together.
  long maxCached;
  long maxOccupied;

  ArenaStatistics() {}

  void reservedChanged(long deltaBytes) {
    reserved += deltaBytes;
    peakReserved = Math.max(peakReserved, reserved);
  }

  /** To be called before anything makes {@link #usedBytes()} less. */
  void notePeakUsed() {
    long used = occupied - cached;
    if (used > peakUsed) {
      peakUsed = used;
    }
  }

  /** A request could not be served; the refusal is {@code null} if the arena was at its end. */
  void refused(@Nullable Refusal by) {
    refusalsBudget += by == Refusal.BUDGET ? 1 : 0;
    refusalsSystem += by == Refusal.SYSTEM ? 1 : 0;
    refusalsCollector += by == Refusal.COLLECTOR ? 1 : 0;
    FAILURES.setRelease(this, failures + 1); // last: see refusalsArena
  }

  /** The owner has set about giving back what is empty so often, and so many bytes have gone. */
  void trimmed(TrimTrigger trigger, int times, long givenBackBytes) {
    trims[trigger.ordinal()] += times;
    trimmedBytes[trigger.ordinal()] += Math.max(0, givenBackBytes);
  }

  /** Counts a live block as free, unless it is too much; {@code false} if so. */
  boolean cache(long blockBytes) {
    long cachedNow = cached + blockBytes;
    if (cachedNow > maxCached && occupied > maxOccupied) {
      return false;
    }
    notePeakUsed();
    cached = cachedNow;
    return true;
  }

  private static VarHandle field(String name) {
    try {
      return MethodHandles.lookup().findVarHandle(ArenaStatistics.class, name, long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * Returns one figure.
   *
   * @param figure which
   * @return what the figure's own method returns
   */
  public long get(ArenaFigure figure) {
    return figure.read(this);
  }

  /** {@return all figures, read together and made to fit together} */
  public ArenaFigures snapshot() {
    return ArenaFigures.of(this);
  }

  /**
   * {@return how many allocations were served since the arena was made} Moves by reallocation are
   * not among them.
   */
  public long allocations() {
    return (long) ALLOCATIONS.getOpaque(this)
        + (long) KEPT_ALLOCATIONS.getOpaque(this)
        + (long) SHORTCUT_ALLOCATIONS.getOpaque(this);
  }

  /**
   * Returns how many of the {@link #allocations()} were for a range of sizes. What the owner had
   * kept counts by the size of its block: that is in the same range, but for size classes of your
   * own that cross its bound.
   *
   * @param sizes the range
   * @return allocations; over all ranges, their sum may miss what is being served
   */
  public long allocations(SizeRange sizes) {
    return allocationsByRange()[sizes.ordinal()];
  }

  /** {@link #allocations(SizeRange)} by the ordinals of the ranges. */
  long[] allocationsByRange() {
    return sizes.byRange();
  }

  BlockShelf addShelf(int blockBytes) {
    return sizes.addShelf(blockBytes);
  }

  /** {@return how many of the {@link #allocations()} were carved where nothing else was free} */
  public long carvedAllocations() {
    return (long) SHORTCUT_ALLOCATIONS.getOpaque(this);
  }

  /** {@return how many of the {@link #allocations()} got a block that the owner had kept} */
  public long keptAllocations() {
    return (long) KEPT_ALLOCATIONS.getOpaque(this);
  }

  /** {@return for how many of the {@link #allocations()} the strategy has found a block} */
  public long strategyAllocations() {
    // A counter that was too high once would stay so. So the whole is read first, and each part of
    // it is written first: the difference may be too low, and catches up.
    long all = (long) ALLOCATIONS.getAcquire(this);
    return Math.max(0, all - hugeAllocations());
  }

  /** {@return how many of the {@link #allocations()} got a chunk of their own} */
  public long hugeAllocations() {
    return (long) HUGE_ALLOCATIONS.getOpaque(this);
  }

  /** {@return how many blocks were freed since the arena was made, on whatever thread} */
  public long frees() {
    return (long) FREES.getOpaque(this) + (long) SHORTCUT_FREES.getOpaque(this);
  }

  /**
   * {@return how many of the {@link #frees()} came from a thread other than the owner} They count
   * when the owner has drained them.
   */
  public long remoteFrees() {
    return (long) REMOTE_FREES.getOpaque(this);
  }

  /** {@return how many of the {@link #frees()} came from the owner} */
  public long ownerFrees() {
    long all = freesSoFar(); // first, as in strategyAllocations
    return Math.max(0, all - remoteFrees());
  }

  /** {@return how many blocks are live, never negative} */
  public long liveBlocks() {
    // Frees first: a block freed in between was allocated before, so the difference cannot fall
    // below zero.
    long freed = freesSoFar();
    return Math.max(0, allocations() - freed);
  }

  /** {@link #frees()} where another figure is read after it. */
  private long freesSoFar() {
    return (long) FREES.getAcquire(this) + (long) SHORTCUT_FREES.getAcquire(this);
  }

  /** {@return the bytes that the callers asked for, summed over live blocks} */
  public long requestedBytes() {
    long gone = (long) UNREQUESTED_TOTAL.getAcquire(this); // first, as above
    return Math.max(0, (long) REQUESTED_TOTAL.getAcquire(this) - gone);
  }

  /** {@return the bytes that callers of allocate asked for since the arena was made} */
  public long allocatedBytes() {
    return (long) REQUESTED_TOTAL.getOpaque(this);
  }

  /**
   * Returns the bytes in live blocks. What exceeds {@link #requestedBytes()} is internal
   * fragmentation.
   *
   * @return bytes in live blocks
   */
  public long usedBytes() {
    long cached = (long) CACHED.getAcquire(this); // first, or the difference might be too large
    return Math.max(0, (long) OCCUPIED.getAcquire(this) - cached);
  }

  /**
   * Returns the bytes in blocks that the owner has released but keeps for its next requests. They
   * are free, and go back to their chunks when nothing is to be kept any more.
   *
   * @return cached bytes, part of {@link #freeBytes()}
   */
  public long cachedBytes() {
    return (long) CACHED.getOpaque(this);
  }

  /** {@return the bytes of the chunks that the arena holds} */
  public long reservedBytes() {
    return (long) RESERVED.getOpaque(this);
  }

  /**
   * Returns the {@link #reservedBytes()} less the pages that have gone back to the system, inside
   * chunks that live blocks pin: what the budget charges for.
   *
   * @return committed bytes
   */
  public long committedBytes() {
    long handedBack = (long) HANDED_BACK.getAcquire(this); // first, or it might be more than all
    return Math.max(0, reservedBytes() - handedBack);
  }

  /** {@return the reserved bytes that are in no live block} */
  public long freeBytes() {
    return Math.max(0, reservedBytes() - usedBytes());
  }

  /**
   * Returns the reserved bytes of the chunks that hold at least one live block. What the owner
   * keeps for its next requests pins nothing. That a block is one of those the owner finds out at
   * each {@link Arena#tick}: up to then, a chunk that it has taken since, or that held a live block
   * then, counts as pinned until it is empty, and a few live blocks in another one may not be seen.
   *
   * @return pinned bytes, at least {@link #usedBytes()}; reserved minus pinned could be given back
   */
  public long pinnedBytes() {
    long live = usedBytes();
    long cached = cachedBytes();
    long open = (long) OPEN_CHUNK.getOpaque(this);
    return pinnedChunks.bytes(live, cached, open, (long) OCCUPIED.getOpaque(this));
  }

  /** {@return the highest value that {@link #usedBytes()} has had} */
  public long peakUsedBytes() {
    return Math.max((long) PEAK_USED.getOpaque(this), usedBytes());
  }

  /** {@return the highest value that {@link #reservedBytes()} has had} */
  public long peakReservedBytes() {
    return (long) PEAK_RESERVED.getOpaque(this);
  }

  /**
   * Returns how many free blocks, the never used rest of a chunk included, could serve a request,
   * as the owner found them at a {@link Arena#tick}. It looks at up to 20,000 with each tick, for a
   * thousandth of the time at most: so a few are a moment old, many about a minute for each
   * million. What it keeps for its next requests is left out. The next four are of the same look.
   *
   * @return free blocks
   */
  public long freeBlocks() {
    return (long) FREE_BLOCKS.getOpaque(this);
  }

  /** {@return the largest block that could be had without another chunk, in bytes} */
  public long freeLargestBytes() {
    return Math.min((long) LARGEST_FREE.getOpaque(this), freeBytes());
  }

  /** {@return the free bytes that were never carved since their chunk was taken or rewound} */
  public long freeBumpBytes() {
    return Math.min((long) BUMP_FREE.getOpaque(this), freeBytes());
  }

  /** {@return the free bytes in blocks that were used, and can serve a request again} */
  public long freeListedBytes() {
    return Math.min((long) LISTED_FREE.getOpaque(this), Math.max(0, freeBytes() - freeBumpBytes()));
  }

  /** {@return the free bytes that are of no use before the whole chunk is empty} */
  public long freeDeadBytes() {
    return Math.max(0, freeBytes() - cachedBytes() - freeBumpBytes() - freeListedBytes());
  }

  /** {@return how many reallocations left the block where it was, and made it no smaller} */
  public long reallocationsInPlace() {
    return (long) REALLOCATIONS_IN_PLACE.getOpaque(this);
  }

  /** {@return how many reallocations made a block smaller, where it was} */
  public long reallocationsShrunk() {
    return (long) REALLOCATIONS_SHRUNK.getOpaque(this);
  }

  /** {@return how many reallocations copied the block elsewhere} */
  public long reallocationsMoved() {
    return (long) REALLOCATIONS_MOVED.getOpaque(this);
  }

  /** {@return the bytes copied by reallocations that moved the block} */
  public long copiedBytes() {
    return (long) COPIED.getOpaque(this);
  }

  /** {@return how many requests could not be served, reallocations included} */
  public long failures() {
    return (long) FAILURES.getOpaque(this);
  }

  /** {@return the nanoseconds that it took to be refused chunks} */
  public long refusalNanos() {
    return (long) REFUSAL_NANOS.getOpaque(this);
  }

  /** {@return how many of the {@link #failures()} the budget has refused} */
  public long refusalsBudget() {
    return (long) REFUSALS_BUDGET.getOpaque(this);
  }

  /** {@return how many of the {@link #failures()} the system has refused} */
  public long refusalsSystem() {
    return (long) REFUSALS_SYSTEM.getOpaque(this);
  }

  /** {@return how many of the {@link #failures()} had to wait for the garbage collector} */
  public long refusalsCollector() {
    return (long) REFUSALS_COLLECTOR.getOpaque(this);
  }

  /**
   * {@return how many of the {@link #failures()} nobody refused: the arena itself was at its end}
   */
  public long refusalsArena() {
    long all = (long) FAILURES.getAcquire(this); // first, as in strategyAllocations
    return Math.max(0, all - refusalsBudget() - refusalsSystem() - refusalsCollector());
  }

  /** {@return how many chunks the arena holds} */
  public long chunks() {
    return (long) CHUNKS.getOpaque(this);
  }

  /** {@return how many chunks the arena has reserved: taken from the chunk store} */
  public long chunkReservations() {
    return (long) CHUNK_RESERVATIONS.getOpaque(this);
  }

  /** {@return the nanoseconds that it took to get the {@link #chunkReservations()}} */
  public long chunkReservationNanos() {
    return (long) CHUNK_RESERVATION_NANOS.getOpaque(this);
  }

  /**
   * {@return how often a chunk with live blocks has become empty} Found out at each {@link
   * Arena#tick}.
   */
  public long resets() {
    return (long) RESETS.getOpaque(this);
  }

  /** {@return how many chunks the arena has released to the chunk store} */
  public long chunkReleases() {
    return (long) CHUNK_RELEASES.getOpaque(this);
  }

  /**
   * {@return how many free blocks the strategy's searches have looked at} Divided by {@link
   * #allocations()} it is the mean length of a search.
   */
  public long searchedBlocks() {
    return (long) SEARCHED_BLOCKS.getOpaque(this);
  }

  /**
   * {@return how often a free block was joined with one that became free beside it} Always 0 with a
   * strategy that keeps the blocks as they are.
   */
  public long merges() {
    return (long) MERGES.getOpaque(this);
  }

  /**
   * {@return how many writes to memory that was not the writer's were found, and double releases}
   * Always 0 unless the arena is {@linkplain Hardening hardened}.
   */
  public long violations() {
    return (long) VIOLATIONS.getOpaque(this) + violationsDoubleRelease();
  }

  /**
   * {@return how many of the {@link #violations()} were releases of what had been released before}
   * Of blocks whose owner counts references, and {@linkplain BlockCache#releasedTwice tells}.
   */
  public long violationsDoubleRelease() {
    return (long) DOUBLE_RELEASES.getOpaque(this);
  }

  void releasedTwice() {
    DOUBLE_RELEASES.getAndAdd(this, 1L);
  }

  /** {@return how many of the {@link #violations()} were writes behind the end of a block} */
  public long violationsOverrun() {
    return (long) OVERRUNS.getOpaque(this);
  }

  /** {@return how many of the {@link #violations()} were writes into a freed block} */
  public long violationsWriteAfterFree() {
    return (long) WRITES_AFTER_FREE.getOpaque(this);
  }

  /** {@return how many of the {@link #violations()} were writes into free memory of nobody} */
  public long violationsWriteToFreeMemory() {
    long all = (long) VIOLATIONS.getAcquire(this); // first, as in strategyAllocations
    return Math.max(0, all - violationsOverrun() - violationsWriteAfterFree());
  }

  /**
   * {@return how often the arena set about giving back because nothing was allocated between two
   * {@linkplain Arena#tick ticks}}
   */
  public long trimsIdle() {
    return (long) LONG.getOpaque(trims, TrimTrigger.IDLE.ordinal());
  }

  /** {@return the bytes that went back by {@link #trimsIdle()}} */
  public long trimmedIdleBytes() {
    return (long) LONG.getOpaque(trimmedBytes, TrimTrigger.IDLE.ordinal());
  }

  /**
   * {@return how often the arena set about giving back at a {@link Arena#tick} while it was in use,
   * by what was empty for the decay time}
   */
  public long trimsDecay() {
    return (long) LONG.getOpaque(trims, TrimTrigger.DECAY.ordinal());
  }

  /** {@return the bytes that went back by {@link #trimsDecay()}} */
  public long trimmedDecayBytes() {
    return (long) LONG.getOpaque(trimmedBytes, TrimTrigger.DECAY.ordinal());
  }

  /**
   * {@return how often the arena set about giving back because the budget was under pressure,
   * another arena waited for memory, or somebody called {@link Arena#trimUnderPressure(long)}}
   */
  public long trimsPressure() {
    return (long) LONG.getOpaque(trims, TrimTrigger.PRESSURE.ordinal());
  }

  /** {@return the bytes that went back by {@link #trimsPressure()}} */
  public long trimmedPressureBytes() {
    return (long) LONG.getOpaque(trimmedBytes, TrimTrigger.PRESSURE.ordinal());
  }

  /**
   * {@return how often the arena set about giving back because somebody called {@link
   * Arena#trim()}}
   */
  public long trimsManual() {
    return (long) LONG.getOpaque(trims, TrimTrigger.MANUAL.ordinal());
  }

  /** {@return the bytes that went back by {@link #trimsManual()}} */
  public long trimmedManualBytes() {
    return (long) LONG.getOpaque(trimmedBytes, TrimTrigger.MANUAL.ordinal());
  }

  @Override
  public String toString() {
    return "ArenaStatistics(reserved: "
        + reservedBytes()
        + ", used: "
        + usedBytes()
        + ", requested: "
        + requestedBytes()
        + ", live blocks: "
        + liveBlocks()
        + ", allocations: "
        + allocations()
        + ", frees: "
        + frees()
        + ", failures: "
        + failures()
        + ", chunks: "
        + chunks()
        + ')';
  }
}
