package io.github.litealloc;

import io.github.litealloc.memory.ChunkAccount;
import io.github.litealloc.memory.ChunkStore;

/**
 * How much the owner of an arena may keep in its {@link BlockCache}, for it pins memory: 16 KiB
 * plus a sixteenth of what is reserved plus an eighth of what is reserved beyond 1 MiB, up to 1
 * MiB; with few sizes of blocks, as much as makes 192 KiB with what is live, if that is more;
 * nothing under pressure. Owner thread only.
 */
final class CacheLimit {
  /*
   * Replacing a random one of 1,024 live buffers of web sizes, a sixteenth serves 93 of 100 requests (those up
   * to 20 KiB, of which 2 % more cannot be), and each of the others costs as much as several that are. With the
   * eighth beyond 1 MiB it is 97, and 0.5 % more is reserved, on the average. With 64 live buffers (0.8 MiB) an
   * eighth of all would be 8 % more, and with 8,192 a sixteenth does: hence from where on, and up to where.
   *
   * Where little is live, and of any size, such shares are too small for one block of each: of requests up to
   * 16.9 KB, one buffer live at a time, less than half were served; and what the others left on the free lists
   * of their sizes was reserved all the same, 192 KiB at the peak. With 192 KiB for what is live and kept all
   * are served, and no more is reserved at the peak. One block of each size that is kept makes 153 KiB with
   * the size classes for networks. With the exact sizes of other strategies it would be megabytes, and hardly
   * any of them would be asked for again: those keep the shares.
   */

  /** What may always be kept: a quarter of the first chunk. */
  static final int MIN_BYTES = ChunkStore.CHUNK_UNIT_BYTES / 4;

  /** Which part of what is reserved may be kept besides: one in so many bytes. */
  private static final int SHARE = 16;

  /** What is small enough that every chunk counts. */
  private static final long SMALL_ARENA_BYTES = 1 << 20;

  /** Which part of what is reserved beyond that may be kept, too. */
  private static final int SHARE_BEYOND = 8;

  private static final long MAX_BEYOND_BYTES = 1 << 20;

  /** Whatever of it is not live may be kept, where blocks are of few sizes. */
  static final int SMALL_OCCUPIED_BYTES = 3 * ChunkStore.CHUNK_UNIT_BYTES;

  private final ChunkAccount account;
  private final ArenaStatistics statistics;
  private boolean isAllowed;
  private boolean hasFewSizes;

  CacheLimit(ChunkAccount account, ArenaStatistics statistics) {
    this.account = account;
    this.statistics = statistics;
  }

  /**
   * Says whether blocks are of few sizes, so that one of each is little, and go back by a clock.
   */
  void setFewSizes(boolean hasFewSizes) {
    this.hasFewSizes = hasFewSizes;
    update();
  }

  /** If not allowed, nothing more may be kept. */
  void allow(boolean isAllowed) {
    this.isAllowed = isAllowed;
    update();
  }

  /** What is reserved has changed. */
  void update() {
    boolean mayCache = isAllowed && !account.isUnderPressure();
    statistics.maxCached = mayCache ? limit(statistics.reserved) : 0;
    statistics.maxOccupied = mayCache && hasFewSizes ? SMALL_OCCUPIED_BYTES : 0;
  }

  static long limit(long reservedBytes) {
    long beyond = Math.max(0, reservedBytes - SMALL_ARENA_BYTES) / SHARE_BEYOND;
    return MIN_BYTES + reservedBytes / SHARE + Math.min(beyond, MAX_BEYOND_BYTES);
  }
}
