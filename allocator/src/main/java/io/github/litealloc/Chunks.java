package io.github.litealloc;

import io.github.litealloc.memory.Chunk;
import io.github.litealloc.memory.ChunkAccount;
import io.github.litealloc.memory.ChunkStore;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The chunks that one arena holds, and the account of the blocks in them. A strategy takes chunks
 * here when it must grow, gives them back when they are empty, and reports every block that it
 * hands out or takes back, which is what keeps the arena's statistics exact.
 *
 * <p>Owner thread only. A chunk is named by its <em>slot</em>, a small number that stays the same
 * while the arena holds the chunk.
 *
 * @since 0.1.0
 */
public final class Chunks {
  /*
   * Structure: arrays by slot, replaced together when they grow. A slot is one of
   *   free    no chunk; its number waits in freeSlots
   *   held    a chunk of this arena
   *   stale   no chunk, but free lists of the strategy still have entries that name it; it becomes
   *           free when the last of them was dropped, so that an entry never names another chunk
   * A block's name holds the slot: so slots are reused, and there are no more than Blocks.MAX_CHUNKS.
   *
   * The account: used[slot] is what live and kept blocks occupy, and statistics.occupied is the sum
   * over all slots; each changes where the other does. One exception: while a wilderness is open,
   * what it carves and takes back is counted in the sum at once, and in its chunk's slot only when
   * it settles. Whoever looks at used[] has it settled first. Readers of the statistics on other
   * threads are told which slot is behind, and compute it as the rest.
   *
   * Order: to take a chunk, room for its slot is made first, since that may fail; then the account is
   * asked; then it is held, counted and told. To give one back, it is forgotten and counted before
   * the account gets it: an arena must never hold what the store has. The account lets out nothing that
   * others throw; where there is no stack or heap left for it, it has not got the chunk, which is held
   * on to then. What must happen together happens without a call in between.
   *
   * What is not here: how old blocks are (ChunkAges), how much may be kept for reuse (CacheLimit),
   * where the next block is carved (Wilderness, TopChunk).
   */

  /** The answer when no chunk could be taken. */
  public static final int NO_CHUNK = -1;

  /** The size of the chunks of a small arena, where one more or less is much. */
  static final int SMALL_CHUNK_BYTES = ChunkStore.CHUNK_UNIT_BYTES;

  /** The size of the chunks of a larger one. */
  static final int CHUNK_BYTES = 4 * ChunkStore.CHUNK_UNIT_BYTES;

  /** From where on an arena is no small one. With 1 MiB, 1,024 buffers took 10 % more. */
  static final int SMALL_ARENA_BYTES = 8 << 20;

  private static final int INITIAL_SLOTS = 4;

  private final ChunkAccount account;
  final ChunkSupply supply;
  private final ArenaStatistics statistics;
  private final CacheLimit cacheLimit;

  // By slot. A slot is: free (null, no stale entries), held (chunk), or stale (null, entries left).
  private @Nullable Chunk[] held = new @Nullable Chunk[INITIAL_SLOTS];
  private int[] used = new int[INITIAL_SLOTS]; // bytes in live blocks
  private int[] sizes = new int[INITIAL_SLOTS];
  private int[] staleEntries = new int[INITIAL_SLOTS];
  private boolean[] partlyForgotten = new boolean[INITIAL_SLOTS];
  private int[] freeSlots = new int[INITIAL_SLOTS];
  final ChunkAges ages = new ChunkAges(INITIAL_SLOTS);
  final PinnedPages pinnedPages; // which of their pages have gone back to the system
  private int freeSlotCount;
  private int slots;
  private int staleSlots; // how many slots have stale entries
  private int spare = NO_CHUNK;
  private @Nullable Strategy spareKeeper; // who knows what is in the spare chunk

  /** How many bytes may stay reserved when the strategy trims. */
  long trimTargetBytes;

  /** Whether a trim, for now, gives back only what has been empty for long. */
  boolean keepsUnexpired;

  private @Nullable Chunk unheld; // taken, and not held because there was no stack for it
  private @Nullable ChunkWatcher watcher;
  private Wilderness wilderness; // whose chunk's account may be behind

  /** None yet. Whenever one was taken, the listener runs. */
  Chunks(ChunkAccount account, ArenaStatistics statistics, Runnable growthListener) {
    this.account = account;
    this.statistics = statistics;
    this.cacheLimit = new CacheLimit(account, statistics);
    this.wilderness = Wilderness.none(this);
    this.supply = new ChunkSupply(account, growthListener, wilderness);
    this.pinnedPages = new PinnedPages(this, account);
    statistics.pinnedChunks.publish(used, sizes, ages.emptyWhenNoted());
  }

  /** The arena's figures. */
  ArenaStatistics statistics() {
    return statistics;
  }

  boolean hasAny() {
    return statistics.chunks > 0 || unheld != null;
  }

  void watch(ChunkWatcher watcher) {
    this.watcher = watcher;
  }

  /** Has a wilderness settle its account before it is looked at. */
  void settleFrom(Wilderness wilderness) {
    this.wilderness = wilderness;
    supply.setWilderness(wilderness);
  }

  private void settle() {
    wilderness.settle();
  }

  /** Adds to the account of a chunk what has happened in its open wilderness. */
  void settle(int slot, int deltaBytes, int timesEmptied) {
    used[slot] += deltaBytes;
    ages.emptied(slot, timesEmptied);
  }

  /** How many more blocks an open wilderness has served than taken back. */
  long shortcutBlocks() {
    return statistics.shortcutAllocations - statistics.shortcutFrees;
  }

  /** Tells readers of the statistics whose account is behind, {@link #NO_CHUNK} for nobody's. */
  void wildernessOpen(int slot) {
    statistics.openChunk = slot;
  }

  /**
   * Takes a chunk from the chunk store. The size is chosen here: small in a small arena, later
   * larger, and a block that needs more gets as many units of 64 KiB as it needs. Its first byte is
   * at a multiple of 16, so that a block of stricter alignment needs {@code alignment} − 16 bytes
   * more than its size.
   *
   * @param minBytes the least that is of use, 1 to 2<sup>31</sup> − 1
   * @return the slot of an empty chunk, or {@link #NO_CHUNK} if the budget or the system refused
   */
  public int take(int minBytes) {
    int usual = statistics.reserved < SMALL_ARENA_BYTES ? SMALL_CHUNK_BYTES : CHUNK_BYTES;
    return take(minBytes, minBytes <= usual ? usual : ChunkSupply.roundUpToUnit(minBytes));
  }

  /** {@link #take(int)}, no larger than need be: for one block only. */
  int takeOwn(int minBytes) {
    return take(minBytes, ChunkSupply.roundUpToUnit(minBytes));
  }

  private int take(int minBytes, int bytes) {
    if (freeSlotCount == 0 && slots == Blocks.MAX_CHUNKS) {
      return NO_CHUNK; // no name is left for it
    }
    makeRoomForSlot(); // first: a chunk must not be lost because the heap is full
    Chunk chunk = supply.take(minBytes, bytes);
    if (chunk == null) {
      statistics.refusalNanos += supply.takenNanos;
      return NO_CHUNK;
    }
    int slot = hold(chunk);
    supply.tellOfGrowth();
    return slot;
  }

  private int hold(Chunk chunk) {
    int slot;
    try {
      slot = freeSlotCount > 0 ? freeSlots[freeSlotCount - 1] : slots;
      sizes[slot] = chunk.bytes();
      partlyForgotten[slot] = false;
      ages.taken(slot);
    } catch (Throwable e) {
      unheld = chunk;
      throw e;
    }
    // No call until it is held and counted: then it goes back at the latest with all the others.
    held[slot] = chunk;
    if (freeSlotCount > 0) {
      freeSlotCount--;
    } else {
      slots++;
    }
    statistics.chunks++;
    statistics.chunkReservations++;
    statistics.chunkReservationNanos += supply.takenNanos;
    statistics.reserved += sizes[slot];
    if (statistics.reserved > statistics.peakReserved) {
      statistics.peakReserved = statistics.reserved;
    }
    pinnedPages.taken(slot);
    cacheLimit.update();
    if (watcher != null) {
      watcher.taken(slot);
    }
    return slot;
  }

  private void makeRoomForSlot() {
    if (freeSlotCount == 0 && slots == held.length) {
      int capacity = slots * 2;
      used = Arrays.copyOf(used, capacity);
      ages.grow(capacity);
      sizes = Arrays.copyOf(sizes, capacity);
      staleEntries = Arrays.copyOf(staleEntries, capacity);
      partlyForgotten = Arrays.copyOf(partlyForgotten, capacity);
      freeSlots = Arrays.copyOf(freeSlots, capacity);
      statistics.pinnedChunks.publish(used, sizes, ages.emptyWhenNoted());
      held = Arrays.copyOf(held, capacity); // last: its length says that all of them have grown
    }
  }

  /**
   * Gives an empty chunk back to the chunk store.
   *
   * <p>A strategy may leave entries for blocks of this chunk on its free lists, and drop each when
   * it comes across it: the slot is not used again until {@link #dropStaleEntry} was called that
   * often.
   *
   * @param slot a held chunk without live blocks
   * @param staleEntries how many free-list entries still name the chunk, at least 0
   */
  public void giveBack(int slot, int staleEntries) {
    Chunk chunk = chunk(slot);
    settle();
    if (used[slot] != 0) {
      throw new IllegalStateException(
          "chunk " + slot + " has " + used[slot] + " bytes in live blocks (expected: 0)");
    }
    if (watcher != null) {
      watcher.goesBack(slot);
    }
    letGo(slot, chunk);
    if (slot == spare) {
      spare = NO_CHUNK;
      spareKeeper = null;
    }
    if (staleEntries == 0) {
      freeSlots[freeSlotCount++] = slot;
    } else {
      this.staleEntries[slot] = staleEntries;
      staleSlots++;
    }
    cacheLimit.update();
  }

  /** Forgets and counts a chunk before the account gets it; all of it or, if it throws, nothing. */
  private void letGo(int slot, Chunk chunk) {
    int bytes = sizes[slot];
    int handedBack = pinnedPages.handedBackBytes(slot);
    held[slot] = null;
    statistics.chunks--;
    statistics.chunkReleases++;
    statistics.reserved -= bytes;
    statistics.handedBack -= handedBack;
    try {
      supply.giveBack(chunk);
    } catch (Throwable e) {
      held[slot] = chunk;
      statistics.chunks++;
      statistics.chunkReleases--;
      statistics.reserved += bytes;
      statistics.handedBack += handedBack;
      throw e;
    }
  }

  /**
   * Tells whether a trim may stop, because no more is reserved than may stay. A strategy that gives
   * back an empty chunk while this is true gives back more than was asked for, which is allowed.
   *
   * @return {@code false} if an empty chunk should be given back
   */
  public boolean isTrimmed() {
    return statistics.reserved <= trimTargetBytes;
  }

  /**
   * Tells whether an empty chunk is to go back in a trim: it is not {@linkplain #isTrimmed trimmed}
   * yet, and where only what was empty for long goes back, this chunk was. A strategy that does not
   * ask gives back more than need be, which is allowed.
   *
   * @param slot a held chunk without live blocks
   * @return {@code false} if the chunk may stay
   */
  public boolean shouldGoBack(int slot) {
    return !isTrimmed() && !(keepsUnexpired && !isExpired(slot));
  }

  /**
   * Until {@link #keepsUnexpired} is taken back, a trim gives back only what has been empty for so
   * long; right after {@link #noteTime}.
   *
   * @return whether anything was
   */
  boolean startExpiry(long nowNanos, long decayNanos) {
    ages.startExpiry(nowNanos, decayNanos);
    for (int slot = 0; slot < slots; slot++) {
      if (isExpired(slot)) {
        keepsUnexpired = true;
        return true;
      }
    }
    return false;
  }

  private boolean isExpired(int slot) {
    return held[slot] != null && usedBytes(slot) == 0 && ages.isExpired(slot);
  }

  /**
   * Asks whether a chunk that has become empty may stay with the arena, so that a load that goes up
   * and down by one chunk does not pass it to and fro. One chunk of up to 256 KiB may, unless the
   * budget is under pressure, another arena waits for memory, or nothing is to be kept; a strategy
   * gives it back when it is told to trim, and uses it before it takes another one. One of which
   * the strategy has forgotten anything must go.
   *
   * @param slot a held chunk without live blocks
   * @param keeper the strategy that the chunk stays with
   * @return {@code false} if the strategy must give the chunk back now
   */
  public boolean keepAsSpare(int slot, Strategy keeper) {
    boolean hasAnother = hasEmptySpare() && spare != slot;
    if (hasAnother || isLarge(slot) || isPartlyForgotten(slot) || !account.mayKeepEmpty()) {
      return false;
    }
    spare = slot;
    spareKeeper = keeper;
    return true;
  }

  /**
   * Whether the chunk that is carved must not stay when it is empty: because others wait for memory
   * and the arena has more than its floor, or because it is large. A large one may stay with a
   * strategy that has use for it, as long as memory is plenty.
   *
   * @param largestKept up to how many bytes the strategy has use for
   */
  boolean mustLetGo(int slot, int largestKept) {
    if (isLarge(slot) && (sizes[slot] > largestKept || !account.mayKeepEmpty())) {
      return true;
    }
    return account.isWished() && statistics.reserved > account.floorBytes();
  }

  /** Where small blocks move in, it would be pinned by a few of them. */
  private boolean isLarge(int slot) {
    return sizes[slot] > CHUNK_BYTES;
  }

  /** Notes that the strategy has {@linkplain Strategy#forgetFree forgotten} free memory there. */
  void forgotten(int slot) {
    partlyForgotten[slot] = true;
    if (slot == spare) {
      spare = NO_CHUNK;
      spareKeeper = null;
    }
  }

  /** Whether the strategy has forgotten anything there: then it goes back when it is empty. */
  boolean isPartlyForgotten(int slot) {
    return partlyForgotten[slot];
  }

  private boolean hasEmptySpare() {
    return spare != NO_CHUNK && usedBytes(spare) == 0;
  }

  /**
   * Returns the chunk that {@link #keepAsSpare} has let stay with a strategy.
   *
   * @param keeper the strategy
   * @return its slot; {@link #NO_CHUNK} if there is none, or a block was allocated in it since
   */
  public int spareOf(Strategy keeper) {
    return spareKeeper == keeper && hasEmptySpare() ? spare : NO_CHUNK;
  }

  /**
   * Notes that a free-list entry naming a chunk that is no longer held was dropped.
   *
   * @param slot a slot for which {@link #isHeld} is false
   */
  public void dropStaleEntry(int slot) {
    if (--staleEntries[slot] == 0) {
      staleSlots--;
      freeSlots[freeSlotCount++] = slot;
    }
  }

  /** Notes that no free-list entry at all is left for any chunk that is no longer held. */
  void dropAllStaleEntries() {
    for (int slot = 0; slot < slots; slot++) {
      if (held[slot] == null && staleEntries[slot] > 0) {
        staleEntries[slot] = 0;
        freeSlots[freeSlotCount++] = slot;
      }
    }
    staleSlots = 0;
  }

  /**
   * Tells whether a slot names a chunk that the arena holds.
   *
   * @param slot a slot
   * @return {@code false} once the chunk was given back
   */
  public boolean isHeld(int slot) {
    return slot >= 0 && slot < slots && held[slot] != null;
  }

  /** Whether a free-list entry, which may be stale, names a chunk that the arena holds. */
  boolean holds(int slot) {
    return staleSlots == 0 || held[slot] != null;
  }

  /** Whether free-list entries may name chunks that the arena does not hold. */
  boolean hasStaleEntries() {
    return staleSlots > 0;
  }

  /** {@return one more than the highest slot ever used, for walking over all chunks} */
  public int slots() {
    return slots;
  }

  /**
   * Returns a chunk's size.
   *
   * @param slot a held chunk
   * @return bytes
   */
  public int bytes(int slot) {
    return sizes[slot];
  }

  /**
   * Returns the bytes in a chunk's live blocks.
   *
   * @param slot a held chunk
   * @return bytes, 0 only if it has no live block
   */
  public int usedBytes(int slot) {
    settle();
    return used[slot];
  }

  /** Notes which chunks have been empty since the last time, for the ages of their blocks. */
  void noteTime(long nowNanos) {
    settle();
    for (int slot = 0; slot < slots; slot++) {
      ages.note(slot, used[slot] == 0, nowNanos);
      pinnedPages.note(slot, used[slot], nowNanos);
    }
    ages.noted(nowNanos);
    statistics.resets = ages.timesEmptied();
  }

  /** An upper bound of the age of a chunk's oldest live block, right after {@link #noteTime}. */
  long oldestLiveNanos(int slot, long nowNanos) {
    return used[slot] == 0 ? 0 : ages.oldestLiveNanos(slot, nowNanos);
  }

  /** {@return whether no chunk has a live block} */
  public boolean allEmpty() {
    return statistics.occupied == 0;
  }

  /**
   * Returns the first offset, at or after a given one, whose native address is aligned.
   *
   * @param slot a held chunk
   * @param offset bytes from the start of the chunk, at least 0
   * @param alignment a power of two up to 4096
   * @return an offset, possibly beyond the end of the chunk
   */
  public long alignedOffset(int slot, long offset, int alignment) {
    return chunk(slot).alignedOffset(offset, alignment);
  }

  /**
   * Accounts for a block that is about to be handed out.
   *
   * @param slot its chunk
   * @param bytes the size of the block
   */
  public void blockAllocated(int slot, int bytes) {
    used[slot] += bytes;
    statistics.occupied += bytes;
  }

  /**
   * Accounts for a block that has come back.
   *
   * @param slot its chunk
   * @param bytes the size of the block
   * @return {@code true} if that was the chunk's last live block
   */
  public boolean blockFreed(int slot, int bytes) {
    statistics.notePeakUsed();
    statistics.occupied -= bytes;
    int left = used[slot] - bytes;
    used[slot] = left;
    if (left != 0) {
      return false;
    }
    ages.emptied(slot, 1);
    return true;
  }

  /** Accounts for a block that was carved from the open wilderness. */
  void blockCarved(int bytes) {
    statistics.occupied += bytes;
  }

  /** Accounts for a block that has become part of the open wilderness. */
  void blockTakenBack(int bytes) {
    statistics.notePeakUsed();
    statistics.occupied -= bytes;
  }

  /**
   * Accounts for a live block whose size has changed in place.
   *
   * @param slot its chunk
   * @param deltaBytes new size minus old size
   */
  public void blockResized(int slot, int deltaBytes) {
    used[slot] += deltaBytes;
    statistics.notePeakUsed();
    statistics.occupied += deltaBytes;
  }

  /** How much the owner may keep for its next requests. */
  CacheLimit cacheLimit() {
    return cacheLimit;
  }

  /**
   * Accounts for a search over free blocks.
   *
   * @param blocks how many free blocks were looked at
   */
  public void blocksSearched(int blocks) {
    statistics.searchedBlocks += blocks;
  }

  ByteBuffer buffer(int slot) { // only its absolute accessors may be used
    return chunk(slot).buffer();
  }

  long address(int slot) {
    return chunk(slot).address();
  }

  Chunk chunk(int slot) {
    Chunk chunk = held[slot];
    if (chunk == null) {
      throw new IllegalStateException("chunk " + slot + " is not held by this arena");
    }
    return chunk;
  }

  /**
   * Forgets every block and gives back every chunk. The strategy has forgotten its entries, or will
   * not be asked any more. If it cannot be done to the end, it can be called again.
   */
  void clear() {
    Chunk lost = unheld;
    if (lost != null) {
      supply.giveBack(lost);
      unheld = null;
    }
    for (int slot = 0; slot < slots; slot++) {
      Chunk chunk = held[slot];
      if (chunk != null) {
        letGo(slot, chunk);
      }
    }
    Arrays.fill(staleEntries, 0);
    Arrays.fill(used, 0);
    statistics.notePeakUsed();
    freeSlotCount = 0;
    slots = 0;
    spare = NO_CHUNK;
    spareKeeper = null;
    staleSlots = 0;
    statistics.occupied = 0;
    statistics.cached = 0;
    cacheLimit.update();
  }
}
