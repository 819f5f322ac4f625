package io.github.litealloc;

import java.nio.ByteBuffer;

/**
 * Finds, by the size of a request, who serves it: the open wilderness, the strategy, or a chunk of
 * its own. What an arena does where its shortcut does not help. Owner thread only; on a closed
 * arena one thread at a time.
 */
final class BlockRouter {

  private final Chunks chunks;
  private final Strategy strategy;
  private final int maxStrategyBytes;
  private final HugeBlocks huge; // above it
  private final Wilderness wilderness; // the strategy's, closed before it is asked anything

  /**
   * For a new arena.
   *
   * @param maxStrategyBytes the largest request that the strategy gets
   */
  BlockRouter(Chunks chunks, Strategy strategy, int maxStrategyBytes) {
    this.chunks = chunks;
    this.strategy = strategy;
    this.maxStrategyBytes = maxStrategyBytes;
    this.huge = new HugeBlocks(chunks);
    this.wilderness = strategy.wilderness();
    wilderness.enable(maxStrategyBytes);
  }

  Wilderness wilderness() {
    return wilderness;
  }

  long allocate(int bytes, int alignment) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes: " + bytes + " (expected: >= 0)");
    }
    Blocks.requireAlignment(alignment);
    int used = Math.max(alignment, Blocks.GRANULE_BYTES);
    if (bytes > maxStrategyBytes) {
      return huge.allocate(bytes, used);
    }
    int index = Blocks.sizeIndex(bytes);
    if (used == Blocks.GRANULE_BYTES && wilderness.canServe(index)) {
      wilderness.countBlocks(1);
      chunks.blockCarved(wilderness.sizeOf(index));
      return wilderness.carveOpen(wilderness.sizeOf(index));
    }
    wilderness.close();
    return strategy.allocate(bytes, used);
  }

  void free(long block, int bytes) {
    if (bytes > maxStrategyBytes) {
      huge.free(block);
      return;
    }
    int index = Blocks.sizeIndex(bytes);
    if (wilderness.isLast(block, index)) {
      wilderness.countBlocks(-1);
      chunks.blockTakenBack(wilderness.sizeOf(index));
      wilderness.takeBack(block);
    } else {
      wilderness.close();
      strategy.free(block, bytes);
    }
  }

  /** Copies contents to another block, and frees the one that they were in. */
  void move(long from, int fromBytes, long to, int copied) {
    ByteBuffer source = chunks.buffer(Blocks.chunk(from));
    ByteBuffer target = chunks.buffer(Blocks.chunk(to));
    target.put(Blocks.offset(to), source, Blocks.offset(from), copied);
    chunks.copied(copied); // first: a hardened strategy reports what it finds by throwing
    freeMoved(from, fromBytes);
  }

  private void freeMoved(long block, int bytes) {
    if (bytes > maxStrategyBytes) {
      huge.free(block);
      return;
    }
    wilderness.close();
    strategy.freeMoved(block, bytes);
  }

  /** As {@link Strategy#resize}. */
  long resize(long block, int oldBytes, int newBytes) {
    boolean isHuge = oldBytes > maxStrategyBytes;
    if (isHuge != newBytes > maxStrategyBytes) {
      return Blocks.NO_BLOCK;
    }
    if (isHuge) {
      return newBytes <= huge.sizeOf(block) ? block : Blocks.NO_BLOCK;
    }
    boolean wasOpen = wilderness.isOpen();
    wilderness.close();
    long resized = strategy.resize(block, oldBytes, newBytes);
    if (wasOpen) {
      strategy.openWilderness();
    }
    return resized;
  }

  int sizeOf(long block, int bytes) {
    return bytes <= maxStrategyBytes ? strategy.sizeOf(block, bytes) : huge.sizeOf(block);
  }

  /** As {@link Strategy#sizeFor}: 0 if a block must not be kept. */
  int sizeFor(int bytes) {
    return bytes <= maxStrategyBytes ? strategy.sizeFor(bytes) : 0;
  }

  void trim() {
    wilderness.close();
    strategy.trim();
    strategy.openWilderness();
  }

  /** Gives back a chunk of a closed arena that a strategy may have kept for further requests. */
  void trimIfEmpty(int chunk) {
    if (chunks.isHeld(chunk) && chunks.usedBytes(chunk) == 0) {
      trim();
    }
  }

  /**
   * Gives back chunks that have been empty for long; right after their ages were noted.
   *
   * @param decayNanos how long is long
   */
  void trimExpired(long nowNanos, long decayNanos) {
    if (!chunks.startExpiry(nowNanos, decayNanos)) {
      return;
    }
    try {
      wilderness.close();
      strategy.trimExpired();
      strategy.openWilderness();
    } finally {
      chunks.endExpiry();
    }
  }

  void reset() {
    wilderness.close();
    strategy.reset();
  }

  /** No more is allocated from now on. */
  void closed() {
    strategy.closed();
  }
}
