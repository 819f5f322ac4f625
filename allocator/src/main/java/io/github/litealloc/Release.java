package io.github.litealloc;

import org.jspecify.annotations.Nullable;

/**
 * A block that was freed.
 *
 * @param block the block
 * @param bytes the bytes it was requested with
 * @param size the bytes it occupied
 * @param allocated who allocated it, if that is known
 * @param released who released it
 */
record Release(long block, int bytes, int size, @Nullable Trace allocated, Trace released) {

  /** Whether a byte of a chunk was the block's. */
  boolean covers(int chunk, int offset) {
    return chunk == Blocks.chunk(block)
        && offset >= Blocks.offset(block)
        && offset - Blocks.offset(block) < size;
  }
}
