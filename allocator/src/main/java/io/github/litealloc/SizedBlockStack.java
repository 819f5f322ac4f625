package io.github.litealloc;

import java.util.Arrays;

/**
 * Free blocks of any size in one list, last in first out, searched first fit from the most recent
 * one. Entries of chunks that are no longer held are dropped when they are met.
 */
final class SizedBlockStack {

  private static final int INITIAL_CAPACITY = 16;

  private final Chunks chunks;
  private long[] blocks = new long[0];
  private int[] sizes = new int[0];
  private int size;
  private int takenBytes;

  SizedBlockStack(Chunks chunks) {
    this.chunks = chunks;
  }

  int size() {
    return size;
  }

  void push(long block, int bytes) {
    if (size == blocks.length) {
      int capacity = Math.max(INITIAL_CAPACITY, size * 2);
      blocks = Arrays.copyOf(blocks, capacity);
      sizes = Arrays.copyOf(sizes, capacity);
    }
    blocks[size] = block;
    sizes[size++] = bytes;
  }

  /**
   * Takes the most recently pushed block that fits.
   *
   * @param bytes the least size
   * @param maxBytes the greatest size
   * @param alignment of the block's address
   * @param searchLimit how many blocks to look at
   * @return the block, whose size {@link #takenBytes} tells, or {@link Blocks#NO_BLOCK}
   */
  long take(int bytes, long maxBytes, int alignment, int searchLimit) {
    int looked = 0;
    for (int i = size - 1; i >= 0 && looked < searchLimit; i--) {
      long block = blocks[i];
      int chunk = Blocks.chunk(block);
      if (!chunks.holds(chunk)) {
        remove(i);
        chunks.dropStaleEntry(chunk);
        continue;
      }
      looked++;
      if (sizes[i] >= bytes && sizes[i] <= maxBytes && isAligned(block, alignment)) {
        takenBytes = sizes[i];
        remove(i);
        chunks.blocksSearched(looked);
        return block;
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

  /** The size of the block that {@link #take} has just taken. */
  int takenBytes() {
    return takenBytes;
  }

  private void remove(int i) {
    int following = --size - i;
    if (following > 0) {
      System.arraycopy(blocks, i + 1, blocks, i, following);
      System.arraycopy(sizes, i + 1, sizes, i, following);
    }
  }

  void clear() {
    size = 0;
  }
}
