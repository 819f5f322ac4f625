package io.github.litealloc;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Free blocks of one size, last in first out: a bin of a segregated strategy. Entries of chunks
 * that are no longer held may lie among them; they are dropped when they are met, which costs O(1)
 * for each block that was ever pushed.
 */
final class BlockStack {

  private static final int INITIAL_CAPACITY = 16;

  /** Room for so many blocks is never too much. */
  private static final int KEPT_CAPACITY = 256;

  /** Where it lies above all blocks, there has been none since. */
  private static final long UNREACHED = Blocks.NO_BLOCK;

  private final Chunks chunks;
  private final int blockBytes;
  private long[] blocks = new long[0];
  private int size;

  BlockStack(Chunks chunks, int blockBytes) {
    this.chunks = chunks;
    this.blockBytes = blockBytes;
  }

  /** The size of every block. */
  int blockBytes() {
    return blockBytes;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void push(long block) {
    int top = size;
    if (top < blocks.length) {
      blocks[top] = block;
      size = top + 1;
    } else {
      makeRoom();
      blocks[size++] = block;
    }
  }

  /** Takes the most recently pushed block of a held chunk, or {@link Blocks#NO_BLOCK}. */
  long pop() {
    int top = size - 1;
    if (top < 0) {
      return Blocks.NO_BLOCK;
    }
    long block = blocks[top];
    size = top;
    return chunks.holds(Blocks.chunkIfNoSlack(block)) ? block : popBelowStale(block);
  }

  private long popBelowStale(long stale) {
    chunks.dropStaleEntry(Blocks.chunk(stale));
    while (size > 0) {
      long block = blocks[--size];
      int chunk = Blocks.chunk(block);
      if (chunks.holds(chunk)) {
        return block;
      }
      chunks.dropStaleEntry(chunk);
    }
    return Blocks.NO_BLOCK;
  }

  /**
   * Like {@link #pop}, but of an aligned block, and looking at {@code searchLimit} blocks at most.
   */
  long popAligned(int alignment, int searchLimit) {
    int last = Math.max(0, size - searchLimit);
    for (int i = size - 1; i >= last; i--) {
      long block = blocks[i];
      int chunk = Blocks.chunk(block);
      int offset = Blocks.offset(block);
      if (chunks.holds(chunk) && chunks.alignedOffset(chunk, offset, alignment) == offset) {
        System.arraycopy(blocks, i + 1, blocks, i, size - i - 1);
        size--;
        return block;
      }
    }
    return Blocks.NO_BLOCK;
  }

  /** Drops the entries of chunks that are no longer held. */
  void dropStale() {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      long block = blocks[i];
      if (chunks.holds(Blocks.chunk(block))) {
        blocks[kept++] = block;
      } else {
        chunks.dropStaleEntry(Blocks.chunk(block));
      }
    }
    size = kept;
  }

  /** Lets go of the room if three quarters of it are not needed; see {@link Strategy#shrink}. */
  void shrink(boolean atOnce) {
    if (blocks.length <= KEPT_CAPACITY) {
      return;
    }
    if (chunks.hasStaleEntries()) {
      dropStale();
    }
    int quarter = blocks.length / 4;
    if (atOnce && size < quarter) {
      shrinkTo(Math.max(INITIAL_CAPACITY, size * 2));
    } else if (size <= quarter && blocks[quarter] == UNREACHED) {
      shrinkTo(quarter * 2);
    }
    if (size <= blocks.length / 4) {
      blocks[blocks.length / 4] = UNREACHED;
    }
  }

  private void shrinkTo(int capacity) {
    blocks = Arrays.copyOf(blocks, capacity);
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
        visitor.freeRun(chunk, Blocks.offset(blocks[i]), blockBytes);
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
        visitor.freeRun(chunk, Blocks.offset(block), blockBytes);
        bump.forget(block);
      } else {
        blocks[kept++] = block;
      }
    }
    size = kept;
  }

  void clear() {
    size = 0;
  }

  /** For how many blocks there is room, for tests. */
  int capacity() {
    return blocks.length;
  }

  private void makeRoom() {
    dropStale();
    // Half empty after dropping is room enough; otherwise dropping again soon would cost too much.
    if (size > blocks.length / 2 || blocks.length == 0) {
      blocks = Arrays.copyOf(blocks, Math.max(INITIAL_CAPACITY, blocks.length * 2));
    }
  }
}
