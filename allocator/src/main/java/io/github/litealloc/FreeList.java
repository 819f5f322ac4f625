package io.github.litealloc;

/**
 * Free blocks in address order, merged with their neighbours when they are freed and split when
 * they are allocated. A request takes the lowest block that holds it, so that the upper chunks
 * empty and go back. The strategy with the least waste.
 */
final class FreeList extends Strategy {
  /*
   * After the FreeListAllocator of the crate lite-alloc, which walks a sorted list. Here the list is a
   * FreeBlockTree, so the cost of an operation grows with the logarithm of the number of free blocks.
   *
   * The free rest at the end of the newest chunk, the wilderness, is not in the tree: it is used
   * only when no free block holds a request, and blocks that are freed at its edge simply move the
   * edge. So in patterns without fragmentation the tree stays empty and costs nothing.
   * Invariant: no free block touches the wilderness.
   */

  private final int granuleBytes;
  private final FreeBlockTree tree = new FreeBlockTree();

  private int topChunk = Chunks.NO_CHUNK;
  private int top;
  private int topEnd;

  FreeList(Chunks chunks) {
    this(chunks, Blocks.GRANULE_BYTES);
  }

  /**
   * For a coarser granularity, which avoids slivers when all blocks are large.
   *
   * @param granuleBytes sizes are rounded up to multiples of this power of two, at least 16
   */
  FreeList(Chunks chunks, int granuleBytes) {
    super(chunks);
    this.granuleBytes = granuleBytes;
  }

  private int roundUp(int bytes) {
    return bytes == 0 ? granuleBytes : (bytes + granuleBytes - 1) & -granuleBytes;
  }

  @Override
  protected long allocate(int bytes, int alignment) {
    int size = roundUp(bytes);
    long block = Blocks.NO_BLOCK;
    if (tree.largest() >= size) {
      block = takeFromTree(size, alignment);
    }
    if (block == Blocks.NO_BLOCK) {
      block = takeFromTop(size, alignment);
      if (block == Blocks.NO_BLOCK) {
        block = grow(size, alignment);
        if (block == Blocks.NO_BLOCK) {
          return Blocks.NO_BLOCK;
        }
      }
    }
    chunks.blockAllocated(Blocks.chunk(block), size);
    return block;
  }

  private long takeFromTree(int size, int alignment) {
    long block =
        alignment <= Blocks.GRANULE_BYTES
            ? tree.take(size)
            : tree.takeAligned(size, alignment, chunks);
    chunks.blocksSearched(tree.takeVisited());
    return block;
  }

  private long takeFromTop(int size, int alignment) {
    if (alignment > Blocks.GRANULE_BYTES) {
      return takeFromTopAligned(size, alignment);
    }
    int offset = top;
    if (topEnd - offset < size) {
      return Blocks.NO_BLOCK;
    }
    top = offset + size;
    return Blocks.block(topChunk, offset);
  }

  private long takeFromTopAligned(int size, int alignment) {
    if (topChunk == Chunks.NO_CHUNK) {
      return Blocks.NO_BLOCK;
    }
    int gapStart = top;
    long offset = chunks.alignedOffset(topChunk, gapStart, alignment);
    if (offset + size > topEnd) {
      return Blocks.NO_BLOCK;
    }
    top = (int) offset + size;
    if (offset > gapStart) {
      tree.add(Blocks.block(topChunk, gapStart), (int) offset - gapStart);
    }
    return Blocks.block(topChunk, (int) offset);
  }

  private long grow(int size, int alignment) {
    if (topChunk != Chunks.NO_CHUNK && chunks.liveBlocks(topChunk) == 0) {
      giveBackTopChunk(); // too small for this request, and nothing is in it
    }
    int slack = alignment > Blocks.GRANULE_BYTES ? alignment - Blocks.GRANULE_BYTES : 0;
    int fresh = chunks.take(size + slack);
    if (fresh == Chunks.NO_CHUNK) {
      return Blocks.NO_BLOCK;
    }
    if (topEnd > top) {
      tree.add(Blocks.block(topChunk, top), topEnd - top);
    }
    topChunk = fresh;
    top = 0;
    topEnd = chunks.bytes(fresh) & -Blocks.GRANULE_BYTES;
    return takeFromTop(size, alignment);
  }

  @Override
  protected void free(long block, int bytes) {
    int size = roundUp(bytes);
    int chunk = Blocks.chunk(block);
    boolean emptied = chunks.blockFreed(chunk, size);
    if (chunk == topChunk) {
      release(block, size);
    } else if (emptied) {
      // Whatever else of the chunk is free touches this block, so at most two entries remain.
      if (tree.count() > 0) {
        tree.removeEndingAt(block);
        tree.removeAt(block + size);
      }
      chunks.giveBack(chunk, 0);
    } else {
      tree.add(block, size);
    }
  }

  /** Makes part of the top chunk free: in the wilderness if it touches it, else in the tree. */
  private void release(long block, int size) {
    int offset = Blocks.offset(block);
    if (Blocks.chunk(block) != topChunk || offset + size != top) {
      tree.add(block, size);
      return;
    }
    top = offset;
    if (tree.count() > 0) {
      top -= tree.removeEndingAt(block);
    }
  }

  private void giveBackTopChunk() {
    chunks.giveBack(topChunk, 0);
    topChunk = Chunks.NO_CHUNK;
    top = 0;
    topEnd = 0;
  }

  @Override
  protected boolean resize(long block, int oldBytes, int newBytes) {
    int oldSize = roundUp(oldBytes);
    int newSize = roundUp(newBytes);
    if (newSize < oldSize) {
      release(block + newSize, oldSize - newSize);
    } else if (newSize > oldSize && !extend(block, oldSize, newSize - oldSize)) {
      return false;
    }
    chunks.blockResized(newSize - oldSize);
    return true;
  }

  private boolean extend(long block, int oldSize, int needed) {
    int end = Blocks.offset(block) + oldSize;
    if (Blocks.chunk(block) == topChunk && end == top) {
      if (topEnd - top < needed) {
        return false;
      }
      top += needed;
      return true;
    }
    return tree.takeAt(block + oldSize, needed);
  }

  @Override
  protected int sizeOf(long block, int bytes) {
    return roundUp(bytes);
  }

  @Override
  protected void trim() {
    if (topChunk != Chunks.NO_CHUNK && chunks.liveBlocks(topChunk) == 0) {
      giveBackTopChunk();
    }
  }

  @Override
  protected void reset() {
    tree.clear();
    topChunk = Chunks.NO_CHUNK;
    top = 0;
    topEnd = 0;
  }

  /** The free blocks besides the wilderness, for tests. */
  FreeBlockTree freeBlocks() {
    return tree;
  }
}
