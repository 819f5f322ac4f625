package io.github.litealloc;

/**
 * How a block is named: one {@code long} holding the chunk it lies in and its offset from that
 * chunk's start.
 *
 * <pre>
 *   63                    32 31                     0
 *  +------------------------+------------------------+
 *  |   chunk (arena slot)   |  offset in bytes       |
 *  +------------------------+------------------------+
 * </pre>
 *
 * <p>A block is never negative, so {@link #NO_BLOCK} cannot be mistaken for one. The name is only
 * meaningful to the arena that handed it out, and only until the block is freed.
 */
public final class Blocks {

  /** The answer of an allocation that could not be served. */
  public static final long NO_BLOCK = -1;

  /**
   * Every block starts at a multiple of this many bytes, and every block's size is a multiple of
   * it.
   */
  public static final int GRANULE_BYTES = 16;

  /** The largest block a strategy may be asked for; larger requests get a chunk of their own. */
  static final int MAX_STRATEGY_BYTES = 1 << 30;

  private Blocks() {}

  /**
   * Names the block at an offset of a chunk.
   *
   * @param chunk the arena's slot of the chunk, at least 0
   * @param offset bytes from the start of the chunk, at least 0
   * @return the block's name
   */
  public static long block(int chunk, int offset) {
    return ((long) chunk << 32) | offset;
  }

  /**
   * Returns the slot of the chunk that a block lies in.
   *
   * @param block a block
   * @return the arena's slot of its chunk
   */
  public static int chunk(long block) {
    return (int) (block >>> 32);
  }

  /**
   * Returns where a block starts.
   *
   * @param block a block
   * @return bytes from the start of its chunk
   */
  public static int offset(long block) {
    return (int) block;
  }

  /** How messages call a block. */
  static String name(long block) {
    return chunk(block) + ":" + offset(block);
  }

  /**
   * Returns the smallest block size that holds a request: a multiple of {@link #GRANULE_BYTES}, at
   * least one granule.
   *
   * @param bytes requested bytes, 0 to 2<sup>30</sup>
   * @return block bytes
   */
  static int roundUp(int bytes) {
    // The two lowest cases (0 and 1 to 16) share one granule: a zero-byte request owns memory of
    // its own.
    return bytes == 0 ? GRANULE_BYTES : (bytes + GRANULE_BYTES - 1) & -GRANULE_BYTES;
  }
}
