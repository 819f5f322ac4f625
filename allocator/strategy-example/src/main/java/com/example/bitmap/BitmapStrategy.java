package com.example.bitmap;

import io.github.litealloc.Blocks;
import io.github.litealloc.Chunks;
import io.github.litealloc.Strategy;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * First fit over one bitmap for each chunk, in which every 16 bytes are one bit. Easy to follow,
 * and an exact account of what is free; the time it takes grows with the number of chunks and
 * blocks.
 *
 * <p>Not final only because the tests derive wrong strategies from it.
 */
class BitmapStrategy extends Strategy {

  /**
   * Which granules of a chunk are in use, by the chunk's slot; the slots of all others are empty.
   */
  private final List<BitSet> used = new ArrayList<>();

  BitmapStrategy(Chunks chunks) {
    super(chunks);
  }

  @Override
  protected long allocate(int bytes, int alignment) {
    int size = Blocks.roundUp(bytes);
    for (int slot = 0; slot < chunks.slots(); slot++) {
      if (chunks.isHeld(slot)) {
        int offset = findFree(slot, size, alignment);
        if (offset >= 0) {
          return handOut(slot, offset, size);
        }
      }
    }
    // Enough for the worst address that the chunk may have; its bytes start at a multiple of 16.
    int slot = chunks.take(size + alignment - Blocks.GRANULE_BYTES);
    if (slot == Chunks.NO_CHUNK) {
      return Blocks.NO_BLOCK;
    }
    while (used.size() <= slot) {
      used.add(new BitSet());
    }
    used.get(slot).clear();
    return handOut(slot, findFree(slot, size, alignment), size);
  }

  /** Returns the lowest offset where the block fits, or −1. */
  private int findFree(int slot, int size, int alignment) {
    BitSet chunk = used.get(slot);
    int chunkBytes = chunks.bytes(slot);
    long offset = chunks.alignedOffset(slot, 0, alignment);
    while (offset + size <= chunkBytes) {
      int firstUsed = chunk.nextSetBit(granule(offset));
      if (firstUsed < 0 || firstUsed >= granule(offset + size)) {
        return (int) offset;
      }
      long nextFree = (long) chunk.nextClearBit(firstUsed) * Blocks.GRANULE_BYTES;
      offset = chunks.alignedOffset(slot, nextFree, alignment);
    }
    return -1;
  }

  final long handOut(int slot, int offset, int size) {
    used.get(slot).set(granule(offset), granule((long) offset + size));
    chunks.blockAllocated(slot, size);
    return Blocks.block(slot, offset);
  }

  @Override
  protected void free(long block, int bytes) {
    int slot = Blocks.chunk(block);
    int size = Blocks.roundUp(bytes);
    used.get(slot).clear(granule(Blocks.offset(block)), granule(end(block, size)));
    chunks.blockFreed(slot, size);
  }

  @Override
  protected long resize(long block, int oldBytes, int newBytes) {
    int slot = Blocks.chunk(block);
    int oldSize = Blocks.roundUp(oldBytes);
    int newSize = Blocks.roundUp(newBytes);
    BitSet chunk = used.get(slot);
    if (newSize > oldSize) {
      int firstUsed = chunk.nextSetBit(granule(end(block, oldSize)));
      boolean isFree = firstUsed < 0 || firstUsed >= granule(end(block, newSize));
      if (!isFree || end(block, newSize) > chunks.bytes(slot)) {
        return Blocks.NO_BLOCK;
      }
    }
    chunk.clear(granule(Blocks.offset(block)), granule(end(block, oldSize)));
    chunk.set(granule(Blocks.offset(block)), granule(end(block, newSize)));
    chunks.blockResized(Blocks.chunk(block), newSize - oldSize);
    return block;
  }

  @Override
  protected int sizeOf(long block, int bytes) {
    return Blocks.roundUp(bytes);
  }

  @Override
  protected int sizeFor(int bytes) {
    return Blocks.roundUp(bytes);
  }

  @Override
  protected void trim() {
    for (int slot = 0; slot < chunks.slots(); slot++) {
      if (chunks.isHeld(slot) && chunks.usedBytes(slot) == 0) {
        chunks.giveBack(slot, 0); // nothing here remembers blocks that are free
      }
    }
  }

  @Override
  protected void reset() {
    used.clear();
  }

  private static long end(long block, int size) {
    return (long) Blocks.offset(block) + size;
  }

  private static int granule(long offset) {
    return (int) (offset / Blocks.GRANULE_BYTES);
  }
}
