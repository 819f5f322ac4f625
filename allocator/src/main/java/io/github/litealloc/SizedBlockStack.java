package io.github.litealloc;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Free blocks of any size in one list, last in first out, searched first fit from the most recent
 * one. Entries of chunks that are no longer held are dropped when they are met.
 */
final class SizedBlockStack {

  private static final int INITIAL_CAPACITY = 16;

  /** Room for so many blocks is never too much. */
  private static final int KEPT_CAPACITY = 256;

  /** Where it lies above all blocks, there has been none since. */
  private static final long UNREACHED = Blocks.NO_BLOCK;

  private final Chunks chunks;
  private long[] blocks = new long[0];
  private int[] sizes = new int[0];
  private int size;

  SizedBlockStack(Chunks chunks) {
    this.chunks = chunks;
  }

  int size() {
    return size;
  }

  void push(long block, int bytes) {
    if (size == sizes.length) {
      makeRoom();
    }
    int top = size;
    blocks[top] = block;
    sizes[top] = bytes;
    size = top + 1;
  }

  /** Of entries that nobody meets there must not be ever more: they go before it grows. */
  private void makeRoom() {
    if (chunks.hasStaleEntries()) {
      dropStale();
    }
    if (size >= sizes.length / 2) {
      grow();
    }
  }

  private void grow() {
    int capacity = Math.max(INITIAL_CAPACITY, sizes.length * 2);
    blocks = Arrays.copyOf(blocks, capacity);
    sizes = Arrays.copyOf(sizes, capacity); // last: its length says that both have grown
  }

  /**
   * Takes the most recently pushed block that fits.
   *
   * @param bytes the least size
   * @param maxBytes the greatest size
   * @param alignment of the block's address
   * @param searchLimit how many blocks to look at
   * @return the block, whose slack is what it has more than {@code bytes}; or {@link
   *     Blocks#NO_BLOCK}
   */
  long take(int bytes, int maxBytes, int alignment, int searchLimit) {
    int looked = 0;
    for (int i = size - 1; i >= 0 && looked < searchLimit; i--) {
      looked++;
      int found = sizes[i];
      if (found < bytes || found > maxBytes) {
        continue;
      }
      long block = blocks[i];
      if (!chunks.holds(Blocks.chunk(block))) {
        remove(i);
        chunks.dropStaleEntry(Blocks.chunk(block));
      } else if (isAligned(block, alignment)) {
        remove(i);
        chunks.blocksSearched(looked);
        return Blocks.withSlack(block, found - bytes);
      }
    }
    chunks.blocksSearched(looked);
    return Blocks.NO_BLOCK;
  }

  private boolean isAligned(long block, int alignment) {
    int offset = Blocks.offset(block);
    return alignment <= Blocks.GRANULE_BYTES
        || chunks.alignedOffset(Blocks.chunk(block), offset, alignment) == offset;
  }

  private void remove(int i) {
    int last = --size;
    // Few lie above as a rule: too few for a call of System.arraycopy.
    for (int to = i; to < last; to++) {
      blocks[to] = blocks[to + 1];
      sizes[to] = sizes[to + 1];
    }
  }

  /** Lets go of the room if three quarters of it are not needed; see {@link Strategy#shrink}. */
  void shrink(boolean atOnce) {
    if (sizes.length <= KEPT_CAPACITY) {
      return;
    }
    if (chunks.hasStaleEntries()) {
      dropStale();
    }
    int quarter = sizes.length / 4;
    if (atOnce && size < quarter) {
      shrinkTo(Math.max(INITIAL_CAPACITY, size * 2));
    } else if (size <= quarter && blocks[quarter] == UNREACHED) {
      shrinkTo(quarter * 2);
    }
    if (size <= sizes.length / 4) {
      blocks[sizes.length / 4] = UNREACHED;
    }
  }

  private void shrinkTo(int capacity) {
    long[] fewerBlocks = Arrays.copyOf(blocks, capacity);
    sizes = Arrays.copyOf(sizes, capacity);
    blocks = fewerBlocks;
  }

  private void dropStale() {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      int chunk = Blocks.chunk(blocks[i]);
      if (chunks.holds(chunk)) {
        blocks[kept] = blocks[i];
        sizes[kept++] = sizes[i];
      } else {
        chunks.dropStaleEntry(chunk);
      }
    }
    size = kept;
  }

  /** Tells of the blocks from where the walk is; returns whether it has come to the last one. */
  boolean visit(FreeWalk walk, FreeRunVisitor visitor) {
    for (int i = walk.place(); i < size; i++) {
      if (!walk.step()) {
        walk.stopAt(i);
        return false;
      }
      int chunk = Blocks.chunk(blocks[i]);
      if (chunks.holds(chunk)) {
        visitor.freeRun(chunk, Blocks.offset(blocks[i]), sizes[i]);
      }
    }
    return true;
  }

  /**
   * Takes out the blocks of some chunks.
   *
   * @param bump has counted them, and does so no more
   * @param visitor is told of each
   */
  void forget(BitSet slots, BumpPointer bump, FreeRunVisitor visitor) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      long block = blocks[i];
      int chunk = Blocks.chunk(block);
      if (slots.get(chunk)) {
        visitor.freeRun(chunk, Blocks.offset(block), sizes[i]);
        bump.forget(block);
      } else {
        sizes[kept] = sizes[i];
        blocks[kept++] = block;
      }
    }
    size = kept;
  }

  /** For how many blocks there is room, for tests. */
  int capacity() {
    return sizes.length;
  }

  void clear() {
    size = 0;
  }
}
