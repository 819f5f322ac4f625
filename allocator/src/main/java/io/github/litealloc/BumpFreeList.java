package io.github.litealloc;

import java.util.BitSet;

/**
 * A bump pointer, and one unsorted list of freed blocks that is searched first fit. The smallest of
 * the strategies, and the fastest while lifetimes end together: when the last block of the arena is
 * freed, everything rewinds to empty at once.
 */
final class BumpFreeList extends Strategy {
  /*
   * After the BumpFreeListAllocator of the crate lite-alloc: blocks are neither split nor merged, the
   * list is last in first out, and the top block can grow in place. Four things are added. A block
   * that is handed out larger than asked for keeps its size (the crate forgets the difference): its
   * name says how much larger it is. While the list is empty, the block that was carved last is not
   * listed when it is freed: the wilderness, which is open then, takes it back. A search looks at a
   * bounded number of blocks; only when the alternative is to grow, at all of them. A chunk whose last
   * block is freed goes back, its list entries being dropped lazily.
   *
   * Waste: first fit without split serves small requests from large blocks. So a request takes no
   * block more than wasteFactor times its own size, but where there is no memory for another chunk;
   * and none that is larger by more than Blocks.MAX_SLACK_BYTES. Without the first of the two, a live set of web
   * sizes occupies many times what was requested.
   */

  static final int DEFAULT_SEARCH_LIMIT = 32;
  static final int NO_WASTE_LIMIT = 0;
  static final int DEFAULT_WASTE_FACTOR = 2;

  private final int searchLimit;
  private final int wasteFactor;
  private final Wilderness wilderness;
  private final BumpPointer bump;
  private final SizedBlockStack list;

  BumpFreeList(Chunks chunks) {
    this(chunks, DEFAULT_SEARCH_LIMIT, DEFAULT_WASTE_FACTOR);
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
    this.wilderness = new Wilderness(chunks, Wilderness.ROUNDED_SIZES);
    this.bump = new BumpPointer(chunks, this, wilderness);
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
    long block = alignment <= Blocks.GRANULE_BYTES ? bump.carve(size) : bump.carve(size, alignment);
    if (block == Blocks.NO_BLOCK) {
      return allocateSlowly(size, alignment);
    }
    chunks.blockAllocated(Blocks.chunkIfNoSlack(block), size);
    openWilderness();
    return block;
  }

  private long allocateSlowly(int size, int alignment) {
    if (list.size() > 0) {
      long block = takeListed(size, alignment, Integer.MAX_VALUE);
      if (block != Blocks.NO_BLOCK) {
        return block;
      }
    }
    long block = bump.carveFromNewChunk(size, alignment);
    if (block == Blocks.NO_BLOCK && list.size() > 0) {
      // Better one that is much too large than none.
      return takeListed(size, size + Blocks.MAX_SLACK_BYTES, alignment, Integer.MAX_VALUE);
    }
    if (block != Blocks.NO_BLOCK) {
      chunks.blockAllocated(Blocks.chunk(block), size);
      openWilderness();
    }
    return block;
  }

  private long takeListed(int size, int alignment, int limit) {
    return takeListed(size, maxSize(size), alignment, limit);
  }

  private long takeListed(int size, int maxSize, int alignment, int limit) {
    long block = list.take(size, maxSize, alignment, limit);
    if (block != Blocks.NO_BLOCK) {
      chunks.blockAllocated(Blocks.chunk(block), size + Blocks.slackBytes(block));
    }
    return block;
  }

  private int maxSize(int size) {
    int max = size + Blocks.MAX_SLACK_BYTES;
    return wasteFactor == NO_WASTE_LIMIT ? max : (int) Math.min(max, (long) size * wasteFactor);
  }

  @Override
  protected void free(long block, int bytes) {
    int size = Blocks.roundUp(bytes);
    long unslacked = block;
    int chunk = Blocks.chunkIfNoSlack(block);
    if (!Blocks.isChunk(chunk)) {
      size += Blocks.slackBytes(block);
      unslacked = Blocks.withoutSlack(block);
      chunk = Blocks.chunk(block);
    }
    boolean isEmpty = chunks.blockFreed(chunk, size);
    if (isEmpty && chunks.allEmpty()) {
      list.clear();
      bump.rewindAll(chunk);
      return;
    }
    list.push(unslacked, size);
    if (isEmpty) {
      chunkEmptied(chunk);
    }
  }

  private void chunkEmptied(int chunk) {
    if (chunk != bump.chunk()) {
      bump.emptied(chunk);
    } else {
      bump.letGo();
    }
  }

  @Override
  protected long resize(long block, int oldBytes, int newBytes) {
    int oldSize = sizeOf(block, oldBytes);
    int newSize = Blocks.roundUp(newBytes);
    if (bump.isTop(block, oldSize)) {
      if (!bump.resizeTop(newSize - oldSize)) {
        return Blocks.NO_BLOCK;
      }
      chunks.blockResized(Blocks.chunk(block), newSize - oldSize);
      return Blocks.withoutSlack(block);
    }
    if (newSize > oldSize) {
      return Blocks.NO_BLOCK;
    }
    int slack = oldSize - newSize;
    if (slack > Blocks.MAX_SLACK_BYTES) {
      splitOff(block, newSize + Blocks.MAX_SLACK_BYTES, oldSize);
      slack = Blocks.MAX_SLACK_BYTES;
    }
    return Blocks.withSlack(block, slack);
  }

  /** Makes a free block of the tail that a block's slack cannot express. */
  private void splitOff(long block, int keptBytes, int oldBytes) {
    long tail = Blocks.block(Blocks.chunk(block), Blocks.offset(block) + keptBytes);
    list.push(tail, oldBytes - keptBytes);
    bump.count(tail);
    chunks.blockResized(Blocks.chunk(block), keptBytes - oldBytes);
  }

  @Override
  protected int sizeOf(long block, int bytes) {
    return Blocks.roundUp(bytes) + Blocks.slackBytes(block);
  }

  @Override
  protected int sizeFor(int bytes) {
    return Blocks.roundUp(bytes);
  }

  @Override
  Wilderness wilderness() {
    return wilderness;
  }

  @Override
  void openWilderness() {
    if (list.size() == 0) {
      wilderness.open();
    }
  }

  @Override
  protected void trim() {
    bump.trim();
  }

  @Override
  void shrink(boolean atOnce) {
    list.shrink(atOnce);
  }

  @Override
  protected void visitFreeRuns(FreeRunVisitor visitor) {
    walkFree(FreeWalk.toTheEnd(), visitor);
  }

  @Override
  boolean walkFree(FreeWalk walk, FreeRunVisitor visitor) {
    if (!list.visit(walk, visitor)) {
      return false;
    }
    bump.visitRest(visitor);
    return true;
  }

  @Override
  protected boolean forgetFree(BitSet slots, FreeRunVisitor visitor) {
    bump.forgetFree(slots, visitor); // first: then it counts the blocks of all of them alike
    list.forget(slots, bump, visitor);
    return true;
  }

  @Override
  protected void reset() {
    list.clear();
    bump.reset();
  }
}
