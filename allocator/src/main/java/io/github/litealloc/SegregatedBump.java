package io.github.litealloc;

/**
 * Size classes with a bin of free blocks each, filled by a bump pointer. Allocating and freeing
 * take constant time. Requests above the largest class are carved exactly and not reused one by
 * one: their memory comes back when the last block of their chunk is freed, which recycles the
 * chunk whole.
 */
final class SegregatedBump extends Strategy {
  /*
   * After the SegregatedBumpAllocator of the crate lite-alloc, whose bins are SizeClasses.CRATE.
   * Added: chunks are recycled; aligned requests use the bins too (the crate never reuses them); a
   * block that shrinks keeps its class.
   *
   * A chunk that goes back may have blocks in the bins. They are not looked for: the chunk's slot
   * stays unused until each was met and dropped, so that an entry can never name the wrong chunk.
   * BumpPointer counts the binnable blocks of each chunk, which for an empty chunk is exactly the
   * number of its entries in the bins.
   */

  private static final int ALIGNED_SEARCH_LIMIT = 32;

  private final SizeClasses classes;
  private final int maxClassBytes;
  private final BlockStack[] bins;
  private final BumpPointer bump;
  private final ResizedBlocks resized = new ResizedBlocks();

  SegregatedBump(Chunks chunks, SizeClasses classes) {
    super(chunks);
    this.classes = classes;
    this.maxClassBytes = classes.maxBytes();
    this.bins = new BlockStack[classes.count()];
    for (int i = 0; i < bins.length; i++) {
      bins[i] = new BlockStack(chunks);
    }
    this.bump = new BumpPointer(chunks);
  }

  @Override
  protected long allocate(int bytes, int alignment) {
    if (bytes > maxClassBytes) {
      return allocateLarge(bytes, alignment);
    }
    int sizeClass = classes.classOf(bytes);
    int size = classes.bytes(sizeClass);
    BlockStack bin = bins[sizeClass];
    long block =
        alignment <= Blocks.GRANULE_BYTES
            ? bin.pop()
            : bin.popAligned(alignment, ALIGNED_SEARCH_LIMIT);
    if (block == Blocks.NO_BLOCK) {
      block = carve(size, alignment);
      if (block == Blocks.NO_BLOCK) {
        return Blocks.NO_BLOCK;
      }
    }
    chunks.blockAllocated(Blocks.chunk(block), size);
    return block;
  }

  private long allocateLarge(int bytes, int alignment) {
    int size = Blocks.roundUp(bytes);
    long block = carve(size, alignment);
    if (block != Blocks.NO_BLOCK) {
      bump.forget(Blocks.chunk(block));
      chunks.blockAllocated(Blocks.chunk(block), size);
    }
    return block;
  }

  private long carve(int size, int alignment) {
    long block = bump.carve(size, alignment);
    if (block == Blocks.NO_BLOCK) {
      giveBackEmptyTopChunk();
      block = bump.carveFromNewChunk(size, alignment);
    }
    return block;
  }

  @Override
  protected void free(long block, int bytes) {
    if (bytes > maxClassBytes || !resized.isEmpty()) {
      freeUnusual(block, bytes);
      return;
    }
    int sizeClass = classes.classOf(bytes);
    bins[sizeClass].push(block);
    freed(block, classes.bytes(sizeClass));
  }

  private void freeUnusual(long block, int bytes) {
    int size = resized.remove(block, usualSize(bytes));
    if (isClass(size)) {
      bins[classes.classOf(size)].push(block);
    }
    freed(block, size);
  }

  private void freed(long block, int size) {
    int chunk = Blocks.chunk(block);
    if (chunks.blockFreed(chunk, size)) {
      chunkEmptied(chunk);
    }
  }

  private void chunkEmptied(int chunk) {
    if (chunk != bump.chunk()) {
      chunks.giveBack(chunk, bump.carvedFrom(chunk));
    } else if (bump.carvedFrom(chunk) == 0) {
      bump.rewind();
    }
  }

  private void giveBackEmptyTopChunk() {
    int chunk = bump.chunk();
    if (chunk != Chunks.NO_CHUNK && chunks.liveBlocks(chunk) == 0) {
      chunks.giveBack(chunk, bump.carvedFrom(chunk));
      bump.leave();
    }
  }

  private int usualSize(int bytes) {
    return bytes > maxClassBytes ? Blocks.roundUp(bytes) : classes.bytes(classes.classOf(bytes));
  }

  private boolean isClass(int size) {
    return size <= maxClassBytes;
  }

  @Override
  protected boolean resize(long block, int oldBytes, int newBytes) {
    int oldSize = sizeOf(block, oldBytes);
    int newSize = usualSize(newBytes);
    if (newSize <= oldSize) {
      resized.set(block, oldSize, newSize);
      return true;
    }
    if (!bump.isTop(block, oldSize) || !bump.resizeTop(newSize - oldSize)) {
      return false;
    }
    if (isClass(oldSize) && !isClass(newSize)) {
      bump.forget(Blocks.chunk(block));
    }
    resized.remove(block, oldSize);
    chunks.blockResized(newSize - oldSize);
    return true;
  }

  @Override
  protected int sizeOf(long block, int bytes) {
    return resized.sizeOf(block, usualSize(bytes));
  }

  @Override
  protected void trim() {
    giveBackEmptyTopChunk();
    for (BlockStack bin : bins) {
      bin.dropStale();
    }
  }

  @Override
  protected void reset() {
    for (BlockStack bin : bins) {
      bin.clear();
    }
    resized.clear();
    bump.leave();
  }
}
