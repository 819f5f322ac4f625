package io.github.litealloc;

/** Blocks that get a chunk of their own, and all of it. */
final class HugeBlocks {

  private final Chunks chunks;

  HugeBlocks(Chunks chunks) {
    this.chunks = chunks;
  }

  long allocate(int bytes, int alignment) {
    long needed = (long) bytes + alignment - Blocks.GRANULE_BYTES;
    int chunk = needed > Integer.MAX_VALUE ? Chunks.NO_CHUNK : chunks.takeOwn((int) needed);
    if (chunk == Chunks.NO_CHUNK) {
      return Blocks.NO_BLOCK;
    }
    long block = Blocks.block(chunk, (int) chunks.alignedOffset(chunk, 0, alignment));
    chunks.blockAllocated(chunk, sizeOf(block));
    return block;
  }

  void free(long block) {
    int chunk = Blocks.chunk(block);
    chunks.blockFreed(chunk, sizeOf(block));
    chunks.giveBack(chunk, 0);
  }

  int sizeOf(long block) {
    return chunks.bytes(Blocks.chunk(block)) - Blocks.offset(block);
  }
}
