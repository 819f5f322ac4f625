package io.github.litealloc;

import java.util.Arrays;

/** Carves blocks one after the other from the start of a chunk to its end. Owner thread only. */
final class BumpPointer {

  private final Chunks chunks;
  private int chunk = Chunks.NO_CHUNK;
  private int top;
  private int end;
  private int[] carved = new int[4];

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
  long carve(int bytes, int alignment) {
    if (alignment > Blocks.GRANULE_BYTES) {
      return carveAligned(bytes, alignment);
    }
    int offset = top;
    if (end - offset < bytes) {
      return Blocks.NO_BLOCK;
    }
    top = offset + bytes;
    carved[chunk]++;
    return Blocks.block(chunk, offset);
  }

  private long carveAligned(int bytes, int alignment) {
    if (chunk == Chunks.NO_CHUNK) {
      return Blocks.NO_BLOCK;
    }
    long offset = chunks.alignedOffset(chunk, top, alignment);
    if (offset + bytes > end) {
      return Blocks.NO_BLOCK;
    }
    top = (int) offset + bytes;
    carved[chunk]++;
    return Blocks.block(chunk, (int) offset);
  }

  /**
   * Takes a new chunk and carves the block from it. Carving goes on in whichever of the old and the
   * new chunk has more room left.
   *
   * @return the block, or {@link Blocks#NO_BLOCK} if no chunk could be taken
   */
  long carveFromNewChunk(int bytes, int alignment) {
    int slack = alignment > Blocks.GRANULE_BYTES ? alignment - Blocks.GRANULE_BYTES : 0;
    int fresh = chunks.take(bytes + slack);
    if (fresh == Chunks.NO_CHUNK) {
      return Blocks.NO_BLOCK;
    }
    if (fresh >= carved.length) {
      carved = Arrays.copyOf(carved, Math.max(fresh + 1, carved.length * 2));
    }
    carved[fresh] = 1;
    int offset = (int) chunks.alignedOffset(fresh, 0, alignment);
    int freshTop = offset + bytes;
    int freshEnd = chunks.bytes(fresh) & -Blocks.GRANULE_BYTES;
    if (freshEnd - freshTop >= end - top) {
      chunk = fresh;
      top = freshTop;
      end = freshEnd;
    }
    return Blocks.block(fresh, offset);
  }

  /** Whether the block ends where the next one would be carved. */
  boolean isTop(long block, int bytes) {
    return Blocks.chunk(block) == chunk && Blocks.offset(block) + bytes == top;
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

  /** How many blocks were carved from a chunk since it was taken or last rewound. */
  int carvedFrom(int slot) {
    return carved[slot];
  }

  /** Takes one block out of the count of {@link #carvedFrom}: it will never be on a free list. */
  void forget(int slot) {
    carved[slot]--;
  }

  /** Starts over at the beginning of the current chunk, which is empty. */
  void rewind() {
    top = 0;
    carved[chunk] = 0;
  }

  /** Carves no more from the current chunk. */
  void leave() {
    chunk = Chunks.NO_CHUNK;
    top = 0;
    end = 0;
  }
}
