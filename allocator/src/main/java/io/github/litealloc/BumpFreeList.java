package io.github.litealloc;

/**
 * A bump pointer, and one unsorted list of freed blocks that is searched first fit. The smallest of
 * the strategies, and the fastest while lifetimes end together: when the last block of the arena is
 * freed, everything rewinds to empty at once.
 */
final class BumpFreeList extends Strategy {
  /*
   * After the BumpFreeListAllocator of the crate lite-alloc: blocks are neither split nor merged, the
   * list is last in first out, and the top block can grow in place. Three things are added. A block
   * that is handed out larger than asked for keeps its size (the crate forgets the difference).
   * A search looks at a bounded number of blocks; only when the alternative is to grow, at all of
   * them. A chunk whose last block is freed goes back, its list entries being dropped lazily.
   *
   * Waste: first fit without split may serve 16 bytes from a block of any size, so the bytes in live
   * blocks are bounded only by the largest block ever freed. wasteFactor bounds them: a request never
   * takes a block more than that many times its own size.
   */

  static final int DEFAULT_SEARCH_LIMIT = 32;
  static final int NO_WASTE_LIMIT = 0;

  private final int searchLimit;
  private final int wasteFactor;
  private final BumpPointer bump;
  private final SizedBlockStack list;
  private final ResizedBlocks resized = new ResizedBlocks();

  BumpFreeList(Chunks chunks) {
    this(chunks, DEFAULT_SEARCH_LIMIT, NO_WASTE_LIMIT);
  }

  /**
   * For other limits than the defaults.
   *
   * @param searchLimit how many free blocks a request looks at before it bumps
   * @param wasteFactor how many times larger than the request a block may be, or {@link
   *     #NO_WASTE_LIMIT}
   */
  BumpFreeList(Chunks chunks, int searchLimit, int wasteFactor) {
    super(chunks);
    this.searchLimit = searchLimit;
    this.wasteFactor = wasteFactor;
    this.bump = new BumpPointer(chunks);
    this.list = new SizedBlockStack(chunks);
  }

  @Override
  protected long allocate(int bytes, int alignment) {
    int size = Blocks.roundUp(bytes);
    if (list.size() > 0) {
      long block = takeListed(size, alignment, searchLimit);
      if (block != Blocks.NO_BLOCK) {
        return block;
      }
    }
    long block = bump.carve(size, alignment);
    if (block == Blocks.NO_BLOCK) {
      return allocateSlowly(size, alignment);
    }
    chunks.blockAllocated(Blocks.chunk(block), size);
    return block;
  }

  private long allocateSlowly(int size, int alignment) {
    if (list.size() > 0) {
      long block = takeListed(size, alignment, Integer.MAX_VALUE);
      if (block != Blocks.NO_BLOCK) {
        return block;
      }
    }
    giveBackEmptyTopChunk();
    long block = bump.carveFromNewChunk(size, alignment);
    if (block != Blocks.NO_BLOCK) {
      chunks.blockAllocated(Blocks.chunk(block), size);
    }
    return block;
  }

  private long takeListed(int size, int alignment, int limit) {
    long maxBytes = wasteFactor == NO_WASTE_LIMIT ? Long.MAX_VALUE : (long) size * wasteFactor;
    long block = list.take(size, maxBytes, alignment, limit);
    if (block != Blocks.NO_BLOCK) {
      int taken = list.takenBytes();
      resized.set(block, taken, size);
      chunks.blockAllocated(Blocks.chunk(block), taken);
    }
    return block;
  }

  @Override
  protected void free(long block, int bytes) {
    int size = resized.remove(block, Blocks.roundUp(bytes));
    int chunk = Blocks.chunk(block);
    if (chunks.blockFreed(chunk, size) && chunkEmptied(chunk)) {
      return;
    }
    list.push(block, size);
  }

  /** Returns whether the block that emptied the chunk is dealt with and must not be listed. */
  private boolean chunkEmptied(int chunk) {
    if (chunks.allEmpty()) {
      rewind();
      return true;
    }
    if (chunk == bump.chunk()) {
      return false;
    }
    bump.forget(chunk);
    chunks.giveBack(chunk, bump.carvedFrom(chunk));
    return true;
  }

  private void rewind() {
    list.clear();
    if (chunks.slots() > 1) {
      giveBackAllExcept(bump.chunk());
    }
    if (bump.chunk() != Chunks.NO_CHUNK) {
      bump.rewind();
    }
  }

  private void giveBackAllExcept(int kept) {
    for (int chunk = 0; chunk < chunks.slots(); chunk++) {
      if (chunk != kept && chunks.isHeld(chunk)) {
        chunks.giveBack(chunk, 0);
      }
    }
    chunks.dropAllStaleEntries();
  }

  private void giveBackEmptyTopChunk() {
    int chunk = bump.chunk();
    if (chunk != Chunks.NO_CHUNK && chunks.liveBlocks(chunk) == 0) {
      chunks.giveBack(chunk, bump.carvedFrom(chunk));
      bump.leave();
    }
  }

  @Override
  protected boolean resize(long block, int oldBytes, int newBytes) {
    int oldSize = sizeOf(block, oldBytes);
    int newSize = Blocks.roundUp(newBytes);
    if (bump.isTop(block, oldSize)) {
      if (!bump.resizeTop(newSize - oldSize)) {
        return false;
      }
      resized.remove(block, oldSize);
      chunks.blockResized(newSize - oldSize);
      return true;
    }
    if (newSize > oldSize) {
      return false;
    }
    resized.set(block, oldSize, newSize);
    return true;
  }

  @Override
  protected int sizeOf(long block, int bytes) {
    return resized.sizeOf(block, Blocks.roundUp(bytes));
  }

  @Override
  protected void trim() {
    giveBackEmptyTopChunk();
  }

  @Override
  protected void reset() {
    list.clear();
    resized.clear();
    bump.leave();
  }
}
