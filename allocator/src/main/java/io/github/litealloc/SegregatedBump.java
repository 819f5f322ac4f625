package io.github.litealloc;

import java.util.BitSet;

/**
 * Size classes with a bin of free blocks each, filled by a bump pointer. Allocating and freeing
 * take constant time. Requests above the largest class are carved exactly and not reused one by
 * one: their memory comes back when the last block of their chunk is freed, which recycles the
 * chunk whole. Requests above 32 KiB lie apart from all others, in chunks of their own.
 */
final class SegregatedBump extends Strategy {
  /*
   * After the SegregatedBumpAllocator of the crate lite-alloc, whose bins are SizeClasses.CRATE.
   * Added: chunks are recycled; aligned requests use the bins too (the crate never reuses them); a
   * block that shrinks keeps its class, and its name says so.
   *
   * A chunk that goes back may have blocks in the bins. They are not looked for: the chunk's slot
   * stays unused until each was met and dropped, so that an entry can never name the wrong chunk.
   * BumpPointer counts the binnable blocks of each chunk, which for an empty chunk is exactly the
   * number of its entries in the bins.
   *
   * While all bins are empty, the wilderness is open. It is opened when the last block of the arena
   * is freed, and else only where looking at all bins costs little beside what has happened.
   */

  /** Larger blocks, if they have no class, lie apart: a small one beside them would keep much. */
  static final int MAX_CARVED_BYTES = 32 * 1024;

  private static final int ALIGNED_SEARCH_LIMIT = 32;
  private static final int GRANULE_SHIFT = Integer.numberOfTrailingZeros(Blocks.GRANULE_BYTES);

  private final int maxClassBytes;
  private final int maxSharingBytes; // larger blocks have chunks of their own
  private final BlockStack[] bins;
  // The same bins by the granules of a request: one step from a request to its bin.
  private final BlockStack[] binOfGranules;
  private final Wilderness wilderness;
  private final BumpPointer bump;
  private final OwnChunks own;

  SegregatedBump(Chunks chunks, SizeClasses classes) {
    super(chunks);
    this.maxClassBytes = classes.maxBytes();
    this.maxSharingBytes = Math.max(maxClassBytes, MAX_CARVED_BYTES);
    this.bins = new BlockStack[classes.count()];
    for (int i = 0; i < bins.length; i++) {
      bins[i] = new BlockStack(chunks, classes.bytes(i));
    }
    this.binOfGranules = new BlockStack[granules(maxClassBytes) + 1];
    for (int i = 0; i < binOfGranules.length; i++) {
      binOfGranules[i] = bins[classes.classOf(i << GRANULE_SHIFT)];
    }
    this.wilderness = new Wilderness(chunks, classes.shortcutSizes());
    this.bump = new BumpPointer(chunks, this, wilderness);
    this.own = new OwnChunks(chunks);
  }

  private static int granules(int bytes) {
    return (bytes + Blocks.GRANULE_BYTES - 1) >>> GRANULE_SHIFT;
  }

  @Override
  protected long allocate(int bytes, int alignment) {
    int granules = granules(bytes);
    BlockStack[] table = binOfGranules;
    // Also whether it is negative, which it is not: the compiler makes one comparison of the two,
    // and then has no need for its own before the array access.
    if (granules >= table.length || alignment > Blocks.GRANULE_BYTES) {
      return allocateUnusual(bytes, alignment);
    }
    BlockStack bin = table[granules];
    long block = bin.pop();
    if (block == Blocks.NO_BLOCK) {
      block = bump.carve(bin.blockBytes());
      if (block == Blocks.NO_BLOCK) {
        return allocateFromNewChunk(bin.blockBytes(), alignment);
      }
    }
    chunks.blockAllocated(Blocks.chunkIfNoSlack(block), bin.blockBytes());
    return block;
  }

  private long allocateFromNewChunk(int size, int alignment) {
    long block = bump.carveFromNewChunk(size, alignment);
    if (block != Blocks.NO_BLOCK) {
      chunks.blockAllocated(Blocks.chunk(block), size);
      openWilderness();
    }
    return block;
  }

  private long allocateUnusual(int bytes, int alignment) {
    boolean isLarge = bytes > maxClassBytes;
    int size = usualSize(bytes);
    if (size > maxSharingBytes) {
      long apart = own.allocate(size, alignment);
      openWilderness();
      return apart;
    }
    long block = isLarge ? Blocks.NO_BLOCK : bin(bytes).popAligned(alignment, ALIGNED_SEARCH_LIMIT);
    if (block == Blocks.NO_BLOCK) {
      block = bump.carve(size, alignment);
    }
    if (block == Blocks.NO_BLOCK) {
      block = bump.carveFromNewChunk(size, alignment);
    }
    if (block != Blocks.NO_BLOCK) {
      if (isLarge) {
        bump.forget(block);
      }
      chunks.blockAllocated(Blocks.chunk(block), size);
      openWilderness();
    }
    return block;
  }

  private BlockStack bin(int bytes) {
    return binOfGranules[granules(bytes)];
  }

  @Override
  protected void free(long block, int bytes) {
    int granules = granules(bytes);
    BlockStack[] table = binOfGranules;
    int chunk = Blocks.chunkIfNoSlack(block);
    if (granules >= table.length || !Blocks.isChunk(chunk)) {
      freeUnusual(block, bytes);
      return;
    }
    BlockStack bin = table[granules];
    bin.push(block);
    if (chunks.blockFreed(chunk, bin.blockBytes())) {
      chunkEmptied(chunk);
    }
  }

  private void freeUnusual(long block, int bytes) {
    int size = sizeOf(block, bytes);
    if (size > maxSharingBytes) {
      own.free(block, size);
      return;
    }
    if (isClass(size)) {
      bin(size).push(Blocks.withoutSlack(block));
    } else {
      bump.unlisted(block, size);
    }
    int chunk = Blocks.chunk(block);
    if (chunks.blockFreed(chunk, size)) {
      chunkEmptied(chunk);
    }
  }

  private void chunkEmptied(int chunk) {
    // With the bins cleared, the arena is as good as new, and need not ask for what it carves. Only
    // after so many blocks that clearing costs each of them less than one step.
    if (bump.blocksHere() >= bins.length && chunks.allEmpty()) {
      for (BlockStack bin : bins) {
        bin.clear();
      }
      bump.rewindAll(chunk);
    } else if (chunk != bump.chunk()) {
      bump.emptied(chunk);
    } else if (!bump.letGo() && bump.blocksHere() == 0) {
      bump.rewind();
      openWilderness();
    }
  }

  private int usualSize(int bytes) {
    return bytes > maxClassBytes ? Blocks.roundUp(bytes) : bin(bytes).blockBytes();
  }

  private boolean isClass(int size) {
    return size <= maxClassBytes;
  }

  @Override
  protected long resize(long block, int oldBytes, int newBytes) {
    int oldSize = sizeOf(block, oldBytes);
    int newSize = usualSize(newBytes);
    if (newSize <= oldSize) {
      return shrink(block, oldSize, newSize);
    }
    if (newSize > maxSharingBytes) {
      return oldSize > maxSharingBytes ? growApart(block, oldSize, newSize) : Blocks.NO_BLOCK;
    }
    // Not from class to class: it would carve blocks for one bin and leave them in another, and a
    // load of buffers that grow would never reuse what it frees.
    boolean canGrow = !isClass(newSize) && bump.isTop(block, oldSize);
    if (!canGrow || !bump.resizeTop(newSize - oldSize)) {
      return Blocks.NO_BLOCK;
    }
    if (isClass(oldSize)) {
      bump.forget(block);
    }
    chunks.blockResized(Blocks.chunk(block), newSize - oldSize);
    return Blocks.withoutSlack(block);
  }

  private long growApart(long block, int oldSize, int newSize) {
    if (!own.holds(block, newSize)) {
      return Blocks.NO_BLOCK;
    }
    chunks.blockResized(Blocks.chunk(block), newSize - oldSize);
    return Blocks.withoutSlack(block);
  }

  /** What a name can say the block keeps; so one that lies apart stays one of those by its size. */
  private long shrink(long block, int oldSize, int newSize) {
    int slack = Math.min(oldSize - newSize, Blocks.MAX_SLACK_BYTES);
    if (oldSize > maxSharingBytes && newSize + slack <= maxSharingBytes) {
      return Blocks.NO_BLOCK; // only with classes of more than a name can say
    }
    if (newSize + slack < oldSize) {
      chunks.blockResized(Blocks.chunk(block), newSize + slack - oldSize);
    }
    return Blocks.withSlack(block, slack);
  }

  @Override
  protected int sizeOf(long block, int bytes) {
    return usualSize(bytes) + Blocks.slackBytes(block);
  }

  @Override
  protected int sizeFor(int bytes) {
    return usualSize(bytes);
  }

  @Override
  boolean hasFewSizes() {
    return maxClassBytes >= MAX_CARVED_BYTES;
  }

  @Override
  Wilderness wilderness() {
    return wilderness;
  }

  @Override
  void openWilderness() {
    for (BlockStack bin : bins) {
      if (!bin.isEmpty()) {
        return;
      }
    }
    wilderness.open();
  }

  @Override
  protected void trim() {
    bump.trim();
    own.trim();
    for (BlockStack bin : bins) {
      bin.dropStale();
    }
  }

  @Override
  void shrink(boolean atOnce) {
    for (BlockStack bin : bins) {
      bin.shrink(atOnce);
    }
  }

  @Override
  protected void visitFreeRuns(FreeRunVisitor visitor) {
    walkFree(FreeWalk.toTheEnd(), visitor);
  }

  @Override
  boolean walkFree(FreeWalk walk, FreeRunVisitor visitor) {
    for (; walk.list() < bins.length; walk.nextList()) {
      if (!bins[walk.list()].visit(walk, visitor)) {
        return false;
      }
    }
    bump.visitRest(visitor);
    return true;
  }

  @Override
  protected boolean forgetFree(BitSet slots, FreeRunVisitor visitor) {
    bump.forgetFree(slots, visitor); // first: then it counts the blocks of all of them alike
    for (BlockStack bin : bins) {
      bin.forget(slots, bump, visitor);
    }
    return true;
  }

  @Override
  protected void reset() {
    for (BlockStack bin : bins) {
      bin.clear();
    }
    bump.reset();
    own.reset();
  }
}
