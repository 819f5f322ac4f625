package io.github.litealloc;

import java.util.BitSet;

/**
 * Free blocks in address order, merged with their neighbours when they are freed and split when
 * they are allocated. A request takes the lowest block that holds it, so that the upper chunks
 * empty and go back. The strategy with the least waste.
 */
final class FreeList extends Strategy {
  /*
   * After the FreeListAllocator of the crate lite-alloc, which walks a sorted list. Here a FreeRunIndex
   * finds the place.
   *
   * The free rest at the end of the newest chunk, the wilderness, is not in the index: it is used
   * only when no free run holds a request, and blocks that are freed at its edge simply move the
   * edge. So in patterns without fragmentation the index stays empty and costs nothing, and the
   * wilderness is open. Invariant: no free run touches the wilderness.
   */

  private final int granuleBytes;
  private final FreeRunIndex index = new FreeRunIndex();

  private final Wilderness wilderness;
  private final TopChunk top;

  FreeList(Chunks chunks) {
    this(chunks, Blocks.GRANULE_BYTES);
  }

  /**
   * For a coarser granularity, which avoids slivers when all blocks are large.
   *
   * @param granuleBytes sizes are rounded up to multiples of this power of two, at least 16
   */
  FreeList(Chunks chunks, int granuleBytes) {
    this(chunks, granuleBytes, Chunks.CHUNK_BYTES);
  }

  /**
   * For large blocks only.
   *
   * @param granuleBytes as above
   * @param largestKept up to how many bytes the chunk that is carved may stay when it is empty, for
   *     the next of these blocks; a single one of them can then pin it
   */
  FreeList(Chunks chunks, int granuleBytes, int largestKept) {
    super(chunks);
    this.granuleBytes = granuleBytes;
    // With a coarser granularity blocks are large, and time is not what matters.
    boolean isFine = granuleBytes == Blocks.GRANULE_BYTES;
    int[] sizes = isFine ? Wilderness.ROUNDED_SIZES : Wilderness.NO_SIZES;
    this.wilderness = new Wilderness(chunks, sizes);
    this.top = new TopChunk(chunks, this, wilderness, this::forget, largestKept);
  }

  @Override
  protected long allocate(int bytes, int alignment) {
    int size = Blocks.roundUp(bytes, granuleBytes);
    long block = Blocks.NO_BLOCK;
    if (index.largest() >= size) {
      block = takeFromIndex(size, alignment);
    }
    if (block == Blocks.NO_BLOCK) {
      return allocateFromTop(size, alignment);
    }
    chunks.blockAllocated(Blocks.chunkIfNoSlack(block), size); // none of ours has slack
    return block;
  }

  private long allocateFromTop(int size, int alignment) {
    long block = takeFromTop(size, alignment);
    if (block == Blocks.NO_BLOCK) {
      block = grow(size, alignment);
      if (block == Blocks.NO_BLOCK) {
        return Blocks.NO_BLOCK;
      }
    }
    chunks.blockAllocated(Blocks.chunkIfNoSlack(block), size);
    openWilderness();
    return block;
  }

  private long takeFromIndex(int size, int alignment) {
    long block =
        alignment <= Blocks.GRANULE_BYTES
            ? index.take(size)
            : index.takeAligned(size, alignment, chunks);
    chunks.blocksSearched(index.takeVisited());
    return block;
  }

  private long takeFromTop(int size, int alignment) {
    if (alignment > Blocks.GRANULE_BYTES) {
      return takeFromTopAligned(size, alignment);
    }
    return wilderness.carve(size);
  }

  private long takeFromTopAligned(int size, int alignment) {
    int gap = top.gap(size, alignment);
    if (gap == TopChunk.NO_ROOM) {
      return Blocks.NO_BLOCK;
    }
    if (gap > 0) {
      addToIndex(wilderness.chunk(), wilderness.top(), gap);
      wilderness.moveTo(wilderness.top() + gap);
    }
    return wilderness.carve(size);
  }

  private long grow(int size, int alignment) {
    int fresh = top.take(size, alignment);
    if (fresh == Chunks.NO_CHUNK) {
      return Blocks.NO_BLOCK;
    }
    if (wilderness.left() > 0) {
      addToIndex(wilderness.chunk(), wilderness.top(), wilderness.left());
    }
    wilderness.enter(fresh, 0);
    return takeFromTop(size, alignment);
  }

  @Override
  protected void free(long block, int bytes) {
    int size = Blocks.roundUp(bytes, granuleBytes);
    int chunk = Blocks.chunkIfNoSlack(block);
    int offset = Blocks.offset(block);
    boolean emptied = chunks.blockFreed(chunk, size);
    if (chunk == wilderness.chunk()) {
      if (!emptied || !top.letGoOfTop()) {
        release(chunk, offset, size);
      }
      openWilderness();
    } else if (!emptied || top.keepOrGiveBack(chunk)) {
      addToIndex(chunk, offset, size);
    }
  }

  private void addToIndex(int chunk, int offset, int size) {
    chunks.statistics().merges += index.add(chunk, offset, size);
  }

  /** Drops the entries of a chunk that goes back; answers that none is left. */
  private int forget(int chunk) {
    index.removeAll(chunk);
    return 0;
  }

  /** Makes part of the top chunk free: in the wilderness if it touches it, else in the index. */
  private void release(int chunk, int offset, int size) {
    if (chunk != wilderness.chunk() || offset + size != wilderness.top()) {
      addToIndex(chunk, offset, size);
      return;
    }
    int before = index.count() > 0 ? index.removeEndingAt(chunk, offset) : 0;
    chunks.statistics().merges += before > 0 ? 1 : 0;
    wilderness.moveTo(offset - before);
  }

  @Override
  protected long resize(long block, int oldBytes, int newBytes) {
    int oldSize = Blocks.roundUp(oldBytes, granuleBytes);
    int newSize = Blocks.roundUp(newBytes, granuleBytes);
    if (newSize < oldSize) {
      release(Blocks.chunk(block), Blocks.offset(block) + newSize, oldSize - newSize);
    } else if (newSize > oldSize && !extend(block, oldSize, newSize - oldSize)) {
      return Blocks.NO_BLOCK;
    }
    chunks.blockResized(Blocks.chunk(block), newSize - oldSize);
    return block;
  }

  private boolean extend(long block, int oldSize, int needed) {
    int end = Blocks.offset(block) + oldSize;
    if (Blocks.chunk(block) == wilderness.chunk() && end == wilderness.top()) {
      if (wilderness.left() < needed) {
        return false;
      }
      wilderness.moveTo(end + needed);
      return true;
    }
    return index.takeAt(Blocks.chunk(block), end, needed);
  }

  @Override
  protected int sizeOf(long block, int bytes) {
    return Blocks.roundUp(bytes, granuleBytes);
  }

  @Override
  protected int sizeFor(int bytes) {
    return Blocks.roundUp(bytes, granuleBytes);
  }

  @Override
  protected void trim() {
    top.trim();
  }

  @Override
  Wilderness wilderness() {
    return wilderness;
  }

  @Override
  void openWilderness() {
    if (index.count() == 0) {
      wilderness.open();
    }
  }

  @Override
  void shrink(boolean atOnce) {
    index.shrink(chunks, atOnce);
  }

  @Override
  protected void visitFreeRuns(FreeRunVisitor visitor) {
    walkFree(FreeWalk.toTheEnd(), visitor);
  }

  @Override
  boolean walkFree(FreeWalk walk, FreeRunVisitor visitor) {
    if (!index.visit(walk, visitor)) {
      return false;
    }
    top.visitRest(visitor);
    return true;
  }

  @Override
  protected boolean forgetFree(BitSet slots, FreeRunVisitor visitor) {
    top.forgetRest(slots, visitor);
    for (int slot = slots.nextSetBit(0); slot >= 0; slot = slots.nextSetBit(slot + 1)) {
      index.forget(slot, visitor);
    }
    return true;
  }

  @Override
  protected void reset() {
    index.clear();
    wilderness.leave();
  }

  /** The free runs besides the wilderness, for tests. */
  FreeRunIndex freeRuns() {
    return index;
  }
}
