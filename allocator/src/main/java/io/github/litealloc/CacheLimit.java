package io.github.litealloc;

import io.github.litealloc.memory.ChunkAccount;
import io.github.litealloc.memory.ChunkStore;

/**
 * How much the owner of an arena may keep in its {@link BlockCache}, for it pins memory: 16 KiB and
 * a sixteenth of what is reserved; nothing under pressure. Owner thread only.
 */
final class CacheLimit {

  /** What may always be kept: a quarter of the first chunk. */
  static final int MIN_BYTES = ChunkStore.CHUNK_UNIT_BYTES / 4;

  /** Which part of what is reserved may be kept besides: one in so many bytes. */
  private static final int SHARE = 16;

  private final ChunkAccount account;
  private final ArenaStatistics statistics;
  private boolean isAllowed;

  CacheLimit(ChunkAccount account, ArenaStatistics statistics) {
    this.account = account;
    this.statistics = statistics;
  }

  /** If not allowed, nothing more may be kept. */
  void allow(boolean isAllowed) {
    this.isAllowed = isAllowed;
    update();
  }

  /** What is reserved has changed. */
  void update() {
    boolean mayCache = isAllowed && !account.isUnderPressure();
    statistics.maxCached = mayCache ? MIN_BYTES + statistics.reserved / SHARE : 0;
  }
}
