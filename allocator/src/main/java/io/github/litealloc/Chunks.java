package io.github.litealloc;

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
 */
public final class Chunks {

  private static final System.Logger LOG = System.getLogger(Chunks.class.getName());

  /** The answer when no chunk could be taken. */
  public static final int NO_CHUNK = -1;

  /** The size of an arena's first chunk: a loop that served one request holds no more than this. */
  static final int FIRST_CHUNK_BYTES = ChunkStore.CHUNK_UNIT_BYTES;

  /** The size of further chunks, unless a block needs more. */
  static final int CHUNK_BYTES = 4 * ChunkStore.CHUNK_UNIT_BYTES;

  /** How much an arena's owner may always keep cached: a quarter of the first chunk. */
  static final int MIN_CACHE_BYTES = FIRST_CHUNK_BYTES / 4;

  /** Which part of what is reserved the owner may keep cached besides: one in so many bytes. */
  private static final int CACHE_SHARE = 16;

  /** Somebody who looks at chunks when they come, and before they go; reset excepted. */
  interface Watcher {
    void taken(int slot);

    void goesBack(int slot);
  }

  private final String arena;
  private final ChunkStore store;
  private final Floor floor;
  private final ArenaStatistics statistics;
  private final Runnable growthListener;

  // By slot. A slot is: free (null, no stale entries), held (chunk), or stale (null, entries left).
  private @Nullable Chunk[] held = new @Nullable Chunk[4];
  private int[] used = new int[4]; // bytes in live blocks
  private int[] timesEmptied = new int[4];
  private int[] timesEmptiedWhenNoted = new int[4];
  private long[] occupiedSinceNanos = new long[4];
  private long notedNanos = System.nanoTime();
  private int[] sizes = new int[4];
  private int[] staleEntries = new int[4];
  private int[] freeSlots = new int[4];
  private int freeSlotCount;
  private int slots;
  private int staleSlots; // how many slots have stale entries
  private int spare = NO_CHUNK;
  private long trimTargetBytes;
  private boolean canCache = true;
  private @Nullable Watcher watcher;
  private @Nullable Wilderness wilderness; // whose chunk's account may be behind

  /**
   * The chunks of a new arena: none.
   *
   * @param arena the arena's name
   * @param store where they come from
   * @param floor the arena's account with the budget of the store
   * @param statistics the arena's figures
   * @param growthListener runs whenever a chunk was taken
   */
  Chunks(
      String arena,
      ChunkStore store,
      Floor floor,
      ArenaStatistics statistics,
      Runnable growthListener) {
    this.arena = arena;
    this.store = store;
    this.floor = floor;
    this.growthListener = growthListener;
    this.statistics = statistics;
    statistics.publishChunks(used, sizes);
    limitCache();
  }

  void watch(Watcher watcher) {
    this.watcher = watcher;
  }

  /** Has a wilderness settle its account before it is looked at. */
  void settleFrom(Wilderness wilderness) {
    this.wilderness = wilderness;
  }

  private void settle() {
    if (wilderness != null) {
      wilderness.settle();
    }
  }

  /** Adds to the account of a chunk what has happened in its open wilderness. */
  void settle(int slot, int deltaBytes, int timesEmptied) {
    used[slot] += deltaBytes;
    this.timesEmptied[slot] += timesEmptied;
  }

  /** How many more blocks an open wilderness has served than taken back. */
  long carved() {
    return statistics.carved - statistics.takenBack;
  }

  /** Tells readers of the statistics whose account is behind, {@link #NO_CHUNK} for nobody's. */
  void wildernessOpen(int slot) {
    statistics.openChunk = slot;
  }

  /**
   * Takes a chunk from the chunk store. The size is chosen here: the first chunk is small, later
   * ones larger, and a block that needs more gets as many units of 64 KiB as it needs. Its first
   * byte is at a multiple of 16, so that a block of stricter alignment needs {@code alignment} − 16
   * bytes more than its size.
   *
   * @param minBytes the least that is of use, 1 to 2<sup>31</sup> − 1
   * @return the slot of an empty chunk, or {@link #NO_CHUNK} if the budget or the system refused
   */
  public int take(int minBytes) {
    if (freeSlotCount == 0 && slots == Blocks.MAX_CHUNKS) {
      return NO_CHUNK; // no name is left for it
    }
    int usual = statistics.chunks == 0 ? FIRST_CHUNK_BYTES : CHUNK_BYTES;
    int bytes = minBytes <= usual ? usual : roundUpToUnit(minBytes);
    makeRoomForSlot(); // first: a chunk must not be lost because the heap is full
    Chunk chunk = store.take(floor, minBytes, bytes);
    if (chunk == null && bytes > roundUpToUnit(minBytes)) {
      // A budget with no room for a usual chunk may still have room for a small one.
      chunk = store.take(floor, minBytes, roundUpToUnit(minBytes));
    }
    if (chunk == null) {
      return NO_CHUNK;
    }
    int slot = hold(chunk);
    FlightEvents.chunkReserved(arena, store.source(), chunk);
    tellGrowthListener();
    return slot;
  }

  private static int roundUpToUnit(int bytes) {
    long rounded =
        ((long) bytes + ChunkStore.CHUNK_UNIT_BYTES - 1) & -(long) ChunkStore.CHUNK_UNIT_BYTES;
    return (int)
        Math.min(rounded, Integer.MAX_VALUE); // 2 GiB is one byte more than a buffer can have
  }

  private int hold(Chunk chunk) {
    int slot = freeSlotCount > 0 ? freeSlots[--freeSlotCount] : slots++;
    held[slot] = chunk;
    sizes[slot] = chunk.bytes();
    timesEmptiedWhenNoted[slot] = timesEmptied[slot];
    occupiedSinceNanos[slot] = System.nanoTime();
    statistics.chunks++;
    statistics.chunkReservations++;
    statistics.reservedChanged(chunk.bytes());
    limitCache();
    if (watcher != null) {
      watcher.taken(slot);
    }
    return slot;
  }

  private void tellGrowthListener() {
    try {
      growthListener.run();
    } catch (RuntimeException | Error e) {
      // The chunk is held by now, and the strategy must hear of it.
      LOG.log(System.Logger.Level.WARNING, "a listener to an arena's growth failed", e);
    }
  }

  private void makeRoomForSlot() {
    if (freeSlotCount == 0 && slots == held.length) {
      int capacity = slots * 2;
      used = Arrays.copyOf(used, capacity);
      timesEmptied = Arrays.copyOf(timesEmptied, capacity);
      timesEmptiedWhenNoted = Arrays.copyOf(timesEmptiedWhenNoted, capacity);
      occupiedSinceNanos = Arrays.copyOf(occupiedSinceNanos, capacity);
      sizes = Arrays.copyOf(sizes, capacity);
      staleEntries = Arrays.copyOf(staleEntries, capacity);
      freeSlots = Arrays.copyOf(freeSlots, capacity);
      statistics.publishChunks(used, sizes);
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
    held[slot] = null;
    if (slot == spare) {
      spare = NO_CHUNK;
    }
    this.staleEntries[slot] = staleEntries;
    statistics.chunks--;
    statistics.chunkReleases++;
    statistics.reservedChanged(-chunk.bytes());
    limitCache();
    if (staleEntries == 0) {
      freeSlot(slot);
    } else {
      staleSlots++;
    }
    giveBackToStore(chunk);
  }

  private void giveBackToStore(Chunk chunk) {
    FlightEvents.chunkReleased(arena, store.source(), chunk);
    store.giveBack(floor, chunk);
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

  /** Sets how many bytes may stay reserved when the strategy trims. */
  void trimTarget(long bytes) {
    trimTargetBytes = bytes;
  }

  /**
   * Asks whether a chunk that has become empty may stay with the arena, so that a load that goes up
   * and down by one chunk does not pass it to and fro. One chunk of the usual size may, while the
   * budget is under no pressure; a strategy gives it back when it is told to trim, and uses it
   * before it takes another one.
   *
   * @param slot a held chunk without live blocks
   * @return {@code false} if the strategy must give the chunk back now
   */
  public boolean keepAsSpare(int slot) {
    boolean hasAnother = isEmptySpare(spare) && spare != slot;
    if (hasAnother || sizes[slot] > CHUNK_BYTES || store.isUnderPressure()) {
      return false;
    }
    spare = slot;
    return true;
  }

  /**
   * Tells whether a chunk is the spare one and still empty.
   *
   * @param slot a slot, or {@link #NO_CHUNK}
   * @return {@code true} if {@link #keepAsSpare} has let it stay, and no block was allocated since
   */
  public boolean isEmptySpare(int slot) {
    return slot != NO_CHUNK && slot == spare && usedBytes(slot) == 0;
  }

  /**
   * Notes that a free-list entry naming a chunk that is no longer held was dropped.
   *
   * @param slot a slot for which {@link #isHeld} is false
   */
  public void dropStaleEntry(int slot) {
    if (--staleEntries[slot] == 0) {
      staleSlots--;
      freeSlot(slot);
    }
  }

  /** Notes that no free-list entry at all is left for any chunk that is no longer held. */
  void dropAllStaleEntries() {
    for (int slot = 0; slot < slots; slot++) {
      if (held[slot] == null && staleEntries[slot] > 0) {
        staleEntries[slot] = 0;
        freeSlot(slot);
      }
    }
    staleSlots = 0;
  }

  private void freeSlot(int slot) {
    freeSlots[freeSlotCount++] = slot;
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

  /**
   * Returns one more than the highest slot ever used, for walking over all chunks.
   *
   * @return the number of slots
   */
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

  /**
   * Notes which chunks have been empty since the last time, for the ages of their blocks. Nothing
   * is stamped when a block is allocated: reading a clock would cost more than the allocation.
   */
  void noteTime(long nowNanos) {
    settle();
    for (int slot = 0; slot < slots; slot++) {
      if (used[slot] == 0) {
        occupiedSinceNanos[slot] = nowNanos;
      } else if (timesEmptied[slot] != timesEmptiedWhenNoted[slot]) {
        // At some time since; the earliest is assumed, so that no block is older than we say.
        occupiedSinceNanos[slot] = Math.max(occupiedSinceNanos[slot], notedNanos);
      }
      timesEmptiedWhenNoted[slot] = timesEmptied[slot];
    }
    notedNanos = nowNanos;
  }

  /** An upper bound of the age of a chunk's oldest live block, right after {@link #noteTime}. */
  long oldestLiveNanos(int slot, long nowNanos) {
    return used[slot] == 0 ? 0 : Math.max(0, nowNanos - occupiedSinceNanos[slot]);
  }

  /**
   * Tells whether no chunk has a live block.
   *
   * @return {@code true} if nothing is live
   */
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
    timesEmptied[slot]++;
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

  private void limitCache() {
    boolean mayCache = canCache && !store.isUnderPressure();
    statistics.maxCached = mayCache ? MIN_CACHE_BYTES + statistics.reserved / CACHE_SHARE : 0;
  }

  /** If not allowed, every block is freed for good from now on. */
  void allowCaching(boolean isAllowed) {
    canCache = isAllowed;
    limitCache();
  }

  /**
   * Accounts for a search over free blocks.
   *
   * @param blocks how many free blocks were looked at
   */
  public void blocksSearched(int blocks) {
    statistics.searchedBlocks += blocks;
  }

  /** Accounts for a violation that a hardened arena has found. */
  void violated() {
    statistics.violations++;
  }

  /** The whole chunk; only absolute accessors may be used. */
  ByteBuffer buffer(int slot) {
    return chunk(slot).buffer();
  }

  long address(int slot) {
    return chunk(slot).address();
  }

  private Chunk chunk(int slot) {
    Chunk chunk = held[slot];
    if (chunk == null) {
      throw notHeld(slot);
    }
    return chunk;
  }

  private static IllegalStateException notHeld(int slot) {
    return new IllegalStateException("chunk " + slot + " is not held by this arena");
  }

  /** Forgets every block and gives back every chunk. The strategy has forgotten its entries. */
  void clear() {
    freeSlotCount = 0;
    for (int slot = 0; slot < slots; slot++) {
      Chunk chunk = held[slot];
      if (chunk != null) {
        held[slot] = null;
        statistics.chunks--;
        statistics.chunkReleases++;
        giveBackToStore(chunk);
      }
    }
    slots = 0;
    spare = NO_CHUNK;
    staleSlots = 0;
    Arrays.fill(staleEntries, 0);
    Arrays.fill(used, 0);
    statistics.notePeakUsed();
    statistics.occupied = 0;
    statistics.cached = 0;
    statistics.reservedChanged(-statistics.reserved);
  }
}
