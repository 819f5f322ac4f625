package io.github.litealloc;

import java.util.Arrays;

/** Carves blocks one after the other from the start of a chunk to its end. Owner thread only. */
final class BumpPointer {

  private final Chunks chunks;
  private int chunk = Chunks.NO_CHUNK;
  private int top;
  private int end;
  private int carvedHere; // from the current chunk
  private int[] carved = new int[4]; // from the others, by slot
  private int spare = Chunks.NO_CHUNK;

  BumpPointer(Chunks chunks) {
    this.chunks = chunks;
  }

  /** The chunk that is being carved, or {@link Chunks#NO_CHUNK}. */
  int chunk() {
    return chunk;
  }

  /**
   * Carves a block from the current chunk.
   *
   * @return the block, or {@link Blocks#NO_BLOCK} if it does not fit
   */
  long carve(int bytes) {
    int offset = top;
    if (end - offset < bytes) {
      return Blocks.NO_BLOCK;
    }
    top = offset + bytes;
    carvedHere++;
    return Blocks.block(chunk, offset);
  }

  /** Like {@link #carve(int)}, at an aligned address. */
  long carve(int bytes, int alignment) {
    if (alignment <= Blocks.GRANULE_BYTES || chunk == Chunks.NO_CHUNK) {
      return carve(bytes);
    }
    long offset = chunks.alignedOffset(chunk, top, alignment);
    if (offset + bytes > end) {
      return Blocks.NO_BLOCK;
    }
    top = (int) offset + bytes;
    carvedHere++;
    return Blocks.block(chunk, (int) offset);
  }

  /**
   * Carves the block from an empty chunk: the spare one, else a new one. Carving goes on in
   * whichever of the old and the new chunk has more room left.
   *
   * @return the block, or {@link Blocks#NO_BLOCK} if no chunk could be taken
   */
  long carveFromNewChunk(int bytes, int alignment) {
    giveBackIfEmpty();
    giveBackSpare();
    int slack = alignment > Blocks.GRANULE_BYTES ? alignment - Blocks.GRANULE_BYTES : 0;
    int fresh = chunks.take(bytes + slack);
    if (fresh == Chunks.NO_CHUNK) {
      return Blocks.NO_BLOCK;
    }
    if (fresh >= carved.length) {
      carved = Arrays.copyOf(carved, Math.max(fresh + 1, carved.length * 2));
    }
    int offset = (int) chunks.alignedOffset(fresh, 0, alignment);
    int freshTop = offset + bytes;
    int freshEnd = chunks.bytes(fresh) & -Blocks.GRANULE_BYTES;
    if (freshEnd - freshTop < end - top) {
      carved[fresh] = 1;
    } else {
      leave();
      chunk = fresh;
      top = freshTop;
      end = freshEnd;
      carvedHere = 1;
    }
    return Blocks.block(fresh, offset);
  }

  /**
   * Deals with a chunk that has become empty and is not the current one: keeps it as the spare or
   * gives it back.
   */
  void emptied(int slot) {
    if (chunks.keepAsSpare(slot)) {
      spare = slot;
    } else {
      chunks.giveBack(slot, carved[slot]);
    }
  }

  /** Gives back the chunks that are empty, the spare one first, until the arena is trimmed. */
  void trim() {
    if (!chunks.isTrimmed()) {
      giveBackSpare();
    }
    if (!chunks.isTrimmed()) {
      giveBackIfEmpty();
    }
  }

  /** Gives the current chunk back if it is empty. */
  private void giveBackIfEmpty() {
    if (chunk != Chunks.NO_CHUNK && chunks.usedBytes(chunk) == 0) {
      chunks.giveBack(chunk, carvedHere);
      leave();
    }
  }

  private void giveBackSpare() {
    if (chunks.isEmptySpare(spare)) {
      chunks.giveBack(spare, carved[spare]);
    }
    spare = Chunks.NO_CHUNK;
  }

  /** Whether the block ends where the next one would be carved. */
  boolean isTop(long block, int bytes) {
    return Blocks.offset(block) + bytes == top && Blocks.chunk(block) == chunk;
  }

  /**
   * Moves the end of the top block.
   *
   * @return {@code false} if the chunk is too small
   */
  boolean resizeTop(int deltaBytes) {
    if (deltaBytes > end - top) {
      return false;
    }
    top += deltaBytes;
    return true;
  }

  /** How many blocks were carved from the current chunk since it was taken or last rewound. */
  int carvedHere() {
    return carvedHere;
  }

  /** Counts a block that was split off another one, and so may be on a free list. */
  void count(long block) {
    changeCount(block, 1);
  }

  /** Takes one block out of the count of carved ones: it will never be on a free list. */
  void forget(long block) {
    changeCount(block, -1);
  }

  private void changeCount(long block, int delta) {
    int slot = Blocks.chunk(block);
    if (slot == chunk) {
      carvedHere += delta;
    } else {
      carved[slot] += delta;
    }
  }

  /** Starts over at the beginning of the current chunk, which is empty. */
  void rewind() {
    top = 0;
    carvedHere = 0;
  }

  /** Starts over in an empty arena, no block of which is on a free list any more. */
  void rewindAll() {
    top = 0;
    carvedHere = 0;
    if (chunks.slots() > 1) {
      rewindOthers();
    }
  }

  private void rewindOthers() {
    for (int slot = 0; slot < chunks.slots(); slot++) {
      if (slot != chunk && chunks.isHeld(slot)) {
        carved[slot] = 0;
        emptied(slot);
      }
    }
    chunks.dropAllStaleEntries();
  }

  /** Carves no more from the current chunk. */
  void leave() {
    if (chunk != Chunks.NO_CHUNK) {
      carved[chunk] = carvedHere;
    }
    chunk = Chunks.NO_CHUNK;
    top = 0;
    end = 0;
    carvedHere = 0;
  }

  /** Tells of what is left to carve. */
  void visitRest(FreeRunVisitor visitor) {
    if (end > top) {
      visitor.freeRun(chunk, end - top);
    }
  }

  /** Forgets every chunk. */
  void reset() {
    leave();
    spare = Chunks.NO_CHUNK;
  }
}
