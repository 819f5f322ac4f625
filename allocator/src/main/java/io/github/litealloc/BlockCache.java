package io.github.litealloc;

/**
 * Blocks that the owner of an arena has released but keeps for its next requests, which saves
 * finding them. For owners that count references themselves: nothing here is checked. They keep the
 * blocks; this object keeps the account. {@link Arena#blockCache} makes it, once for an arena.
 *
 * <p>A kept block is free in every figure, and pins its chunk. Memory that is kept helps nobody
 * else, so there is a limit: 16 KiB plus a sixteenth of what is reserved plus an eighth of what is
 * reserved beyond 1 MiB, up to 1 MiB; with strategies that have size classes up to 32 KiB, as much
 * as makes 192 KiB with what is live, if that is more and the arena has a clock; nothing if the
 * budget was under pressure when the arena last took a chunk or gave one back, and nothing in a
 * checked, hardened or closed arena.
 *
 * <p>Owner thread only; once the arena is closed, by one thread at a time. Other threads only where
 * a method says so.
 *
 * @since 0.1.0
 */
public final class BlockCache {

  private final Arena arena;
  private final BlockRouter router;
  private final ArenaStatistics statistics;
  private final CacheLimit limit;

  BlockCache(Arena arena, BlockRouter router, CacheLimit limit) {
    this.arena = arena;
    this.router = router;
    this.statistics = arena.statistics();
    this.limit = limit;
    limit.setFewSizes(router.hasFewSizes());
    allow(true);
  }

  /**
   * Returns the size of the blocks that may be kept for a request. Each block without slack that
   * was allocated for a request with the same answer will do for it.
   *
   * @param bytes 0 to 2<sup>31</sup> − 1
   * @return the bytes that the block occupies; 0 if it must not be kept
   */
  public int blockBytes(int bytes) {
    return arena.canCache() ? router.sizeFor(bytes) : 0;
  }

  /**
   * Makes a shelf for blocks of a size, which needs only one.
   *
   * @param blockBytes a {@link #blockBytes}; 0 makes one on which nothing may be kept
   * @return an empty shelf
   * @throws IllegalArgumentException if {@code blockBytes} is no answer of {@link #blockBytes}
   */
  public BlockShelf newShelf(int blockBytes) {
    if (blockBytes < 0 || blockBytes % Blocks.GRANULE_BYTES != 0) {
      throw new IllegalArgumentException(
          "blockBytes: " + blockBytes + " (expected: what blockBytes(int) says for a request)");
    }
    return statistics.addShelf(blockBytes);
  }

  /**
   * Asks whether the owner, who no longer uses a block, may keep it instead of freeing it. It must
   * be {@linkplain #reuse reused} or {@linkplain #free freed} when the arena's flusher is run.
   *
   * @param shelf that for the {@link #blockBytes} of a live block of this arena, which has no slack
   * @param number what the block's number shall be: the {@linkplain BlockShelf#last last} one's
   *     from now on
   * @param bytes the bytes it was requested with, or last reallocated to
   * @return {@code false} if the block must be freed; nothing has changed then
   */
  public boolean keep(BlockShelf shelf, int number, long bytes) {
    ArenaStatistics account = statistics;
    if (!account.cache(shelf.blockBytes)) {
      return false;
    }
    account.frees++;
    account.unrequestedTotal += bytes;
    shelf.last = number; // without a call: what is kept is listed
    return true;
  }

  /**
   * Notes that the block that was kept last serves a request. Whether one is kept is not checked.
   *
   * @param shelf whose block it is
   * @param next the number of the one that was kept before it, or {@link BlockShelf#NONE}
   * @param bytes the request, of the shelf's {@link #blockBytes}
   */
  public void reuse(BlockShelf shelf, int next, int bytes) {
    ArenaStatistics account = statistics;
    account.cached -= shelf.blockBytes;
    account.keptAllocations++;
    account.requestedTotal += bytes;
    shelf.reuses++;
    shelf.last = next; // all of it without a call: what is reused is handed out
  }

  /**
   * Frees a kept block. Whether it is kept is not checked. If there is no stack or heap to begin,
   * the block stays kept; whatever else is thrown, it is free.
   *
   * @param block the block
   * @param blockBytes those of its shelf
   * @param bytes any request of the same {@link #blockBytes}
   */
  public void free(long block, int blockBytes, int bytes) {
    try {
      arena.freeKept(block, bytes);
    } catch (VirtualMachineError e) {
      throw e; // it has not begun
    } catch (Throwable e) {
      statistics.cached -= blockBytes;
      throw e;
    }
    statistics.cached -= blockBytes; // last: what is used must not seem to rise to a new peak
  }

  /**
   * Notes that somebody has released what had been released before, which only whoever counts
   * references can find. Any thread. Changes nothing but {@link
   * ArenaStatistics#violationsDoubleRelease()}.
   */
  public void releasedTwice() {
    statistics.releasedTwice();
  }

  /**
   * Says whether somebody calls {@link Arena#tick} for the arena, as is assumed at first. If not,
   * what is kept does not go back in silence, and stays a share of what is reserved.
   *
   * @param areExpected whether there are ticks
   */
  public void expectTicks(boolean areExpected) {
    limit.setFewSizes(areExpected && router.hasFewSizes());
  }

  /**
   * Allows or forbids to keep more blocks; allowed at first where it is possible at all. What is
   * kept stays so.
   *
   * @param isAllowed {@code false} to have every block freed
   */
  public void allow(boolean isAllowed) {
    limit.allow(isAllowed && arena.canCache());
  }
}
