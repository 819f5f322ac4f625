package io.github.litealloc;

/**
 * How an arena finds, splits, merges and reuses blocks.
 *
 * <p>An arena calls its strategy from one thread at a time and has validated every argument: sizes
 * are 0 to 2<sup>30</sup> bytes, alignments powers of two from 16 to 4096, blocks are live and were
 * handed out by this strategy. A strategy keeps its state in plain arrays, never inside the blocks:
 * a stale view that writes into a freed block can spoil payload but not the allocator.
 *
 * <p>Frees are <em>sized</em>: whoever frees a block says how many bytes it was requested with, so
 * that a strategy need not store it.
 */
public abstract class Strategy {

  /** The chunks of the arena that this strategy works for. */
  protected final Chunks chunks;

  /**
   * For subclasses.
   *
   * @param chunks the chunks of the arena to work for
   */
  protected Strategy(Chunks chunks) {
    this.chunks = chunks;
  }

  /**
   * Hands out a block and accounts for it through {@link Chunks#blockAllocated}. Takes a new chunk
   * only when nothing that is free fits.
   *
   * @param bytes requested bytes; 0 still gets a block that nobody else has
   * @param alignment the block's address is a multiple of this
   * @return the block, or {@link Blocks#NO_BLOCK} if no chunk could be taken; nothing has changed
   *     then
   */
  protected abstract long allocate(int bytes, int alignment);

  /**
   * Takes a block back and accounts for it through {@link Chunks#blockFreed}.
   *
   * @param block a live block
   * @param bytes the bytes it was requested with, or last resized to
   */
  protected abstract void free(long block, int bytes);

  /** {@link #free} for a block whose contents have just been moved to another one. */
  void freeMoved(long block, int bytes) {
    free(block, bytes);
  }

  /**
   * Changes the size of a live block if it can stay where it is, contents included.
   *
   * @param block a live block
   * @param oldBytes the bytes it was requested with, or last resized to
   * @param newBytes the bytes it shall have
   * @return {@code false} if the block would have to move; nothing has changed then
   */
  protected abstract boolean resize(long block, int oldBytes, int newBytes);

  /**
   * Returns the size of a live block.
   *
   * @param block a live block
   * @param bytes the bytes it was requested with, or last resized to
   * @return the bytes it occupies, at least {@code bytes}
   */
  protected abstract int sizeOf(long block, int bytes);

  /** Gives every empty chunk back to the chunk store. */
  protected abstract void trim();

  /** The arena was closed: as {@link #trim}, and no more allocations will follow. */
  void closed() {
    trim();
  }

  /** Forgets every block and every chunk; the arena gives the chunks back. */
  protected abstract void reset();

  /**
   * Returns the largest request that this strategy serves; the arena gives larger ones a chunk of
   * their own.
   *
   * @return bytes, at most 2<sup>30</sup>
   */
  protected int maxBytes() {
    return Blocks.MAX_STRATEGY_BYTES;
  }
}
