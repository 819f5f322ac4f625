package io.github.litealloc;

/**
 * Blocks that have a chunk each, and begin where it begins: what else is in it is theirs to grow
 * into. The chunk that got empty last may stay for the next of them. Owner thread only.
 */
final class OwnChunks {
  /*
   * What a bump pointer carves comes back when the last block of its chunk is freed. With k blocks of
   * equal size that live for random times, that takes as long as 1 + 1/2 + ... + 1/k of such lives: 2.1
   * for four, 2.7 for eight. And one small block beside large ones keeps all of them. So large blocks lie apart,
   * one in a chunk; what that rounds up is less than a unit of chunks.
   */

  private final Chunks chunks;
  private int spare = Chunks.NO_CHUNK;

  OwnChunks(Chunks chunks) {
    this.chunks = chunks;
  }

  /** Hands out a block, or {@link Blocks#NO_BLOCK} if no chunk could be taken. */
  long allocate(int size, int alignment) {
    int needed = size + Math.max(alignment, Blocks.GRANULE_BYTES) - Blocks.GRANULE_BYTES;
    int slot = fits(needed) ? spare : takeNew(needed);
    if (slot == Chunks.NO_CHUNK) {
      return Blocks.NO_BLOCK;
    }
    long block = Blocks.block(slot, (int) chunks.alignedOffset(slot, 0, alignment));
    chunks.blockAllocated(slot, size);
    if (slot == spare) {
      spare = Chunks.NO_CHUNK;
    }
    return block;
  }

  /** Whether the spare chunk holds a block, and is not much too large for it. */
  private boolean fits(int needed) {
    return spare != Chunks.NO_CHUNK
        && needed <= chunks.bytes(spare)
        && chunks.bytes(spare) - needed < Chunks.SMALL_CHUNK_BYTES;
  }

  private int takeNew(int needed) {
    giveBackSpare(); // it is of no use now
    return chunks.takeOwn(needed);
  }

  void free(long block, int size) {
    int slot = Blocks.chunk(block);
    chunks.blockFreed(slot, size);
    boolean mayStay = spare == Chunks.NO_CHUNK && !chunks.isPartlyForgotten(slot);
    if (mayStay && !chunks.mustLetGo(slot, Chunks.CHUNK_BYTES)) {
      spare = slot;
    } else {
      chunks.giveBack(slot, 0);
    }
  }

  /** Whether the block can have another size where it is. */
  boolean holds(long block, int size) {
    return size <= chunks.bytes(Blocks.chunk(block)) - Blocks.offset(block);
  }

  void trim() {
    if (spare != Chunks.NO_CHUNK && chunks.shouldGoBack(spare)) {
      giveBackSpare();
    }
  }

  private void giveBackSpare() {
    if (spare != Chunks.NO_CHUNK) {
      chunks.giveBack(spare, 0);
      spare = Chunks.NO_CHUNK;
    }
  }

  void reset() {
    spare = Chunks.NO_CHUNK;
  }
}
