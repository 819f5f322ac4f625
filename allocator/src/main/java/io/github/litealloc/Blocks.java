package io.github.litealloc;

import io.github.litealloc.memory.Chunk;
import io.github.litealloc.memory.MemorySource;

/**
 * How a block is named: one {@code long} holding the chunk it lies in and its offset from that
 * chunk's start.
 *
 * <pre>
 *   63 62           50 49              32 31                     0
 *  +--+---------------+------------------+------------------------+
 *  | 0| slack granules| chunk (slot)     |  offset in bytes       |
 *  +--+---------------+------------------+------------------------+
 * </pre>
 *
 * <p>The <em>slack</em> belongs to the strategy: by how much the block is larger than its request
 * would make it, which saves a table of such blocks.
 *
 * <p>A block is never negative, so {@link #NO_BLOCK} cannot be mistaken for one. The name is only
 * meaningful to the arena that handed it out, and only until the block is freed or reallocated.
 *
 * @since 0.1.0
 */
public final class Blocks {

  /** The answer of an allocation that could not be served. */
  public static final long NO_BLOCK = -1;

  /**
   * Every block starts at a multiple of this many bytes, and every block's size is a multiple of
   * it.
   */
  public static final int GRANULE_BYTES = MemorySource.ALIGNMENT_BYTES;

  private static final int CHUNK_SHIFT = 32;
  private static final int CHUNK_BITS = 18;
  private static final int SLACK_SHIFT = CHUNK_SHIFT + CHUNK_BITS;
  private static final int SLACK_BITS = Long.SIZE - 1 - SLACK_SHIFT;
  private static final int GRANULE_SHIFT = Integer.numberOfTrailingZeros(GRANULE_BYTES);

  /** How many chunks can be told apart: 64 GiB of usual ones. */
  static final int MAX_CHUNKS = 1 << CHUNK_BITS;

  /** The most that a block's name can say it is too large: 16 bytes less than 128 KiB. */
  public static final int MAX_SLACK_BYTES = ((1 << SLACK_BITS) - 1) << GRANULE_SHIFT;

  /** The largest block a strategy may be asked for; larger requests get a chunk of their own. */
  static final int MAX_STRATEGY_BYTES = 1 << 30;

  private Blocks() {}

  /**
   * Names the block at an offset of a chunk.
   *
   * @param chunk the arena's slot of the chunk, at least 0
   * @param offset bytes from the start of the chunk, at least 0
   * @return the block's name, with no slack
   */
  public static long block(int chunk, int offset) {
    return ((long) chunk << CHUNK_SHIFT) | offset;
  }

  /**
   * Names the same block with another slack.
   *
   * @param block a block
   * @param slackBytes a multiple of {@link #GRANULE_BYTES}, 0 to {@link #MAX_SLACK_BYTES}
   * @return the block's name with that slack
   */
  public static long withSlack(long block, int slackBytes) {
    return withoutSlack(block) | (long) slackBytes << (SLACK_SHIFT - GRANULE_SHIFT);
  }

  /**
   * Names the same block with no slack; so two names can be compared for the place that they mean.
   *
   * @param block a block
   * @return the block's name with no slack
   */
  public static long withoutSlack(long block) {
    return block & ((1L << SLACK_SHIFT) - 1);
  }

  /**
   * Returns the slot of the chunk that a block lies in, in fewer steps than {@link #chunk}; for a
   * block with slack, a number that {@link #isChunk} refuses.
   */
  static int chunkIfNoSlack(long block) {
    return (int) (block >>> CHUNK_SHIFT);
  }

  /** Whether {@link #chunkIfNoSlack} has answered with a chunk. */
  static boolean isChunk(int chunkIfNoSlack) {
    return chunkIfNoSlack < MAX_CHUNKS;
  }

  /**
   * Returns by how much a block is larger than its request would make it.
   *
   * @param block a block
   * @return bytes, as given to {@link #withSlack}
   */
  public static int slackBytes(long block) {
    return (int) (block >>> SLACK_SHIFT) << GRANULE_SHIFT;
  }

  /**
   * Returns the slot of the chunk that a block lies in.
   *
   * @param block a block
   * @return the arena's slot of its chunk
   */
  public static int chunk(long block) {
    return (int) ((block >>> CHUNK_SHIFT) & (MAX_CHUNKS - 1));
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

  static void requireAllocatable(int bytes, int alignment) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes: " + bytes + " (expected: >= 0)");
    }
    requireAlignment(alignment);
  }

  /** Refuses an alignment that no block can have. */
  static void requireAlignment(int alignment) {
    if (alignment < 1 || alignment > Chunk.MAX_ALIGNMENT || Integer.bitCount(alignment) != 1) {
      throw new IllegalArgumentException(
          "alignment: "
              + alignment
              + " (expected: a power of two, 1 to "
              + Chunk.MAX_ALIGNMENT
              + ')');
    }
  }

  /** How messages call a block. */
  static String name(long block) {
    return chunk(block) + ":" + offset(block);
  }

  /**
   * Where a table of block sizes has the one for a request: at 0 for 1 to 16 bytes, and so on. For
   * none or a negative number of bytes, beyond the end of any table.
   */
  static int sizeIndex(int bytes) {
    return (bytes - 1) >>> GRANULE_SHIFT;
  }

  /**
   * Returns the smallest block size that holds a request: a multiple of {@link #GRANULE_BYTES}, at
   * least one granule.
   *
   * @param bytes requested bytes, 0 to 2<sup>30</sup>
   * @return block bytes
   */
  public static int roundUp(int bytes) {
    return roundUp(bytes, GRANULE_BYTES);
  }

  /** Like {@link #roundUp(int)}, to multiples of another power of two. */
  static int roundUp(int bytes, int granuleBytes) {
    // 0 bytes get a granule too: a zero-byte request owns memory of its own.
    return (Math.max(bytes, 1) + granuleBytes - 1) & -granuleBytes;
  }
}
