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

  /** The answer when no chunk could be taken. */
  public static final int NO_CHUNK = -1;

  /** The size of an arena's first chunk: a loop that served one request holds no more than this. */
  static final int FIRST_CHUNK_BYTES = ChunkStore.CHUNK_UNIT_BYTES;

  /** The size of further chunks, unless a block needs more. */
  static final int CHUNK_BYTES = 4 * ChunkStore.CHUNK_UNIT_BYTES;

  /** Somebody who looks at chunks when they come, and before they go; reset excepted. */
  interface Watcher {
    void taken(int slot);

    void goesBack(int slot);
  }

  private final ChunkStore store;
  private final ArenaStatistics statistics;
  private final Runnable growthListener;

  // By slot. A slot is: free (null, no stale entries), held (chunk), or stale (null, entries left).
  private @Nullable Chunk[] held = new @Nullable Chunk[4];
  private int[] live = new int[4];
  private int[] sizes = new int[4];
  private int[] staleEntries = new int[4];
  private int[] freeSlots = new int[4];
  private int freeSlotCount;
  private int slots;
  private @Nullable Watcher watcher;

  Chunks(ChunkStore store, ArenaStatistics statistics, Runnable growthListener) {
    this.store = store;
    this.growthListener = growthListener;
    this.statistics = statistics;
    statistics.publishChunks(live, sizes);
  }

  void watch(Watcher watcher) {
    this.watcher = watcher;
  }

  /**
   * Takes a chunk from the chunk store. The size is chosen here: the first chunk is small, later
   * ones larger, and a block that needs more gets as many units of 64 KiB as it needs.
   *
   * @param minBytes the least that is of use, 1 to 2<sup>31</sup> − 1
   * @return the slot of an empty chunk, or {@link #NO_CHUNK} if the budget or the system refused
   */
  public int take(int minBytes) {
    int usual = statistics.chunks == 0 ? FIRST_CHUNK_BYTES : CHUNK_BYTES;
    int bytes = minBytes <= usual ? usual : roundUpToUnit(minBytes);
    Chunk chunk = store.take(minBytes, bytes);
    if (chunk == null && bytes > roundUpToUnit(minBytes)) {
      // A budget with no room for a usual chunk may still have room for a small one.
      chunk = store.take(minBytes, roundUpToUnit(minBytes));
    }
    return chunk == null ? NO_CHUNK : hold(chunk);
  }

  private static int roundUpToUnit(int bytes) {
    long rounded =
        ((long) bytes + ChunkStore.CHUNK_UNIT_BYTES - 1) & -(long) ChunkStore.CHUNK_UNIT_BYTES;
    return (int)
        Math.min(rounded, Integer.MAX_VALUE); // 2 GiB is one byte more than a buffer can have
  }

  private int hold(Chunk chunk) {
    int slot = freeSlotCount > 0 ? freeSlots[--freeSlotCount] : newSlot();
    held[slot] = chunk;
    live[slot] = 0;
    sizes[slot] = chunk.bytes();
    statistics.chunks++;
    statistics.chunksTaken++;
    statistics.reservedChanged(chunk.bytes());
    if (watcher != null) {
      watcher.taken(slot);
    }
    growthListener.run();
    return slot;
  }

  private int newSlot() {
    if (slots == held.length) {
      int capacity = slots * 2;
      held = Arrays.copyOf(held, capacity);
      live = Arrays.copyOf(live, capacity);
      sizes = Arrays.copyOf(sizes, capacity);
      statistics.publishChunks(live, sizes);
      staleEntries = Arrays.copyOf(staleEntries, capacity);
    }
    return slots++;
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
    if (live[slot] != 0) {
      throw new IllegalStateException("chunk " + slot + " has " + live[slot] + " live blocks");
    }
    if (watcher != null) {
      watcher.goesBack(slot);
    }
    held[slot] = null;
    this.staleEntries[slot] = staleEntries;
    statistics.chunks--;
    statistics.chunksGivenBack++;
    statistics.reservedChanged(-chunk.bytes());
    if (staleEntries == 0) {
      freeSlot(slot);
    }
    store.giveBack(chunk);
  }

  /**
   * Notes that a free-list entry naming a chunk that is no longer held was dropped.
   *
   * @param slot a slot for which {@link #isHeld} is false
   */
  public void dropStaleEntry(int slot) {
    if (--staleEntries[slot] == 0) {
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
  }

  private void freeSlot(int slot) {
    if (freeSlotCount == freeSlots.length) {
      freeSlots = Arrays.copyOf(freeSlots, freeSlotCount * 2);
    }
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

  /** {@link #isHeld} for a slot that was handed out by {@link #take}, and so is in range. */
  boolean holds(int slot) {
    return held[slot] != null;
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
   * Returns how many live blocks a chunk has.
   *
   * @param slot a held chunk
   * @return live blocks
   */
  public int liveBlocks(int slot) {
    return live[slot];
  }

  /**
   * Tells whether no chunk has a live block.
   *
   * @return {@code true} if nothing is live
   */
  public boolean allEmpty() {
    return statistics.used == 0;
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
    live[slot]++;
    long used = statistics.used + bytes;
    statistics.used = used;
    if (used > statistics.peakUsed) {
      statistics.peakUsed = used;
    }
  }

  /**
   * Accounts for a block that has come back.
   *
   * @param slot its chunk
   * @param bytes the size of the block
   * @return {@code true} if that was the chunk's last live block
   */
  public boolean blockFreed(int slot, int bytes) {
    long used = statistics.used - bytes;
    statistics.used = used;
    if (used < statistics.usedAtPeakFree) {
      statistics.freePeaked();
    }
    return --live[slot] == 0;
  }

  /**
   * Accounts for a live block whose size has changed in place.
   *
   * @param deltaBytes new size minus old size
   */
  public void blockResized(int deltaBytes) {
    statistics.used += deltaBytes;
    statistics.peakUsed = Math.max(statistics.peakUsed, statistics.used);
    if (statistics.used < statistics.usedAtPeakFree) {
      statistics.freePeaked();
    }
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
        statistics.chunksGivenBack++;
        store.giveBack(chunk);
      }
    }
    slots = 0;
    Arrays.fill(staleEntries, 0);
    Arrays.fill(live, 0);
    statistics.used = 0;
    statistics.reservedChanged(-statistics.reserved);
  }
}
