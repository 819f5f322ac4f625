package io.github.litealloc;

/**
 * The free rest at the end of the chunk that a strategy carves its blocks from (Korn and Vo, In
 * Search of a Better Malloc, 1985). Owner thread only.
 *
 * <p>It is <em>open</em> while nothing else is free that could serve a request. Then there is
 * nothing to decide, and the arena does not ask its strategy: the next block is carved from the
 * start, and the block that was carved last is freed by moving the start back. On an event loop,
 * where buffers die soon, that is all that happens. For any other request the arena closes it
 * first.
 */
final class Wilderness {
  /*
   * While it is open, the account of its chunk is behind: blocks that are carved and taken back
   * change the figures of the arena, but not what Chunks knows of the chunk until settle() is
   * called, which Chunks does when it is asked. That, and one place to look at for both the guards
   * and the bump pointer, is what makes a block cost half as much as one from the strategy.
   */

  /** For strategies whose blocks the arena must not carve. */
  static final int[] NO_SIZES = {};

  /** Larger blocks are the strategy's business: what they cost is not the time to find them. */
  static final int MAX_CARVED_BYTES = 32 * 1024;

  /** For strategies whose blocks are requests rounded up to 16 bytes. */
  static final int[] ROUNDED_SIZES = roundedSizes();

  private final Chunks chunks;
  private final int[] sizes;
  private boolean isEnabled;

  /**
   * Requests of fewer bytes are for the strategy. Plus the smallest int, as is what it is compared
   * with: that makes a comparison of unsigned numbers, for which Java 17 has no cheaper way.
   */
  int strategyLimit = Integer.MIN_VALUE;

  /** The size of a block by {@link Blocks#sizeIndex}; empty while closed. */
  int[] openSizes = NO_SIZES;

  /** What the above was when the arena got suspect. */
  int[] stoppedSizes = NO_SIZES;

  // As names of blocks: so a block's name need not be made up, and one comparison tells whether a
  // block is the last one, which takes the same chunk, the right offset and no slack.
  private long next;
  private long end;

  private int chunk = Chunks.NO_CHUNK;
  private long countedBlocks; // of the chunk, besides those by the shortcut

  // For settling, while it is open.
  private long settled; // up to where the account is right
  private long emptyAt; // where the next block would lie if the chunk had no live one
  private int timesEmptied; // the chunk, since it was settled

  /**
   * A wilderness without a chunk.
   *
   * @param sizes the size of a block by {@link Blocks#sizeIndex}, as far as the arena may carve it
   */
  Wilderness(Chunks chunks, int[] sizes) {
    this.chunks = chunks;
    this.sizes = sizes;
  }

  /** One that serves no request, and answers that no strategy may serve one either. */
  static Wilderness none(Chunks chunks) {
    return new Wilderness(chunks, NO_SIZES);
  }

  private static int[] roundedSizes() {
    int[] sizes = new int[MAX_CARVED_BYTES / Blocks.GRANULE_BYTES];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = (i + 1) * Blocks.GRANULE_BYTES;
    }
    return sizes;
  }

  // For the arena.

  /**
   * Lets it be opened, if the arena may carve any blocks.
   *
   * @param maxStrategyBytes the largest request that the strategy serves
   */
  void enable(int maxStrategyBytes) {
    isEnabled = sizes.length > 0;
    admit(maxStrategyBytes);
    chunks.settleFrom(this);
  }

  /** Closes it without an account, for nothing will be left of it. */
  void abandon() {
    openSizes = NO_SIZES;
    stoppedSizes = NO_SIZES;
    timesEmptied = 0;
    chunks.wildernessOpen(Chunks.NO_CHUNK);
  }

  /** Goes on as before; the arena is not suspect any more. */
  void goOn(int maxStrategyBytes) {
    if (stoppedSizes.length > 0) {
      openSizes = stoppedSizes;
      stoppedSizes = NO_SIZES;
    }
    admit(maxStrategyBytes);
  }

  /**
   * Lets the arena ask the strategy without further ado. Not one without a wilderness, which runs
   * code of others itself: there the arena looks first whether it is busy.
   */
  private void admit(int maxStrategyBytes) {
    if (sizes.length > 0) {
      strategyLimit = maxStrategyBytes + 1 + Integer.MIN_VALUE;
    }
  }

  /** Closes it for ever. */
  void disable() {
    close();
    isEnabled = false;
  }

  boolean isOpen() {
    return openSizes.length > 0;
  }

  /** Whether a request can be left to the strategy, which a negative one cannot. */
  boolean mayStrategyServe(int bytes) {
    return bytes + Integer.MIN_VALUE < strategyLimit;
  }

  /** Whether it is open, and has room for a block for the request with that size index. */
  boolean canServe(int index) {
    int[] sizes = openSizes;
    return index < sizes.length && next + sizes[index] <= end;
  }

  /** The size of a block for a request, while it is open. */
  int sizeOf(int index) {
    return openSizes[index];
  }

  /** Carves a block, while it is open. */
  long carveOpen(int size) {
    long block = next;
    next = block + size;
    return block;
  }

  /** Whether it is open, and the block for a request was the last one that was carved. */
  boolean isLast(long block, int index) {
    int[] sizes = openSizes;
    return index < sizes.length && block + sizes[index] == next;
  }

  /** Makes the last block part of the wilderness again, while it is open. */
  void takeBack(long block) {
    next = block;
    if (block == emptyAt) {
      timesEmptied++;
    }
  }

  /** Has the strategy know of every block again; it may open it afterwards. */
  void close() {
    if (isOpen()) {
      settle();
      openSizes = NO_SIZES;
      chunks.wildernessOpen(Chunks.NO_CHUNK);
    }
  }

  // For strategies, while it is closed.

  /** Opens it: nothing else is free. */
  void open() {
    if (isEnabled && chunk != Chunks.NO_CHUNK) {
      settled = next;
      emptyAt = next - chunks.usedBytes(chunk);
      openSizes = sizes;
      chunks.wildernessOpen(chunk);
    }
  }

  /** Brings the account of the chunk up to date. */
  void settle() {
    if (isOpen()) {
      chunks.settle(chunk, (int) (next - settled), timesEmptied);
      settled = next;
      timesEmptied = 0;
    }
  }

  /** The chunk that is being carved, or {@link Chunks#NO_CHUNK}. */
  int chunk() {
    return chunk;
  }

  /** Where the next block would start. */
  int top() {
    return Blocks.offset(next);
  }

  /** The bytes that are left. */
  int left() {
    return (int) (end - next);
  }

  /** How many blocks were carved since the chunk was taken or rewound, less those taken back. */
  int blocks() {
    return (int) (countedBlocks + chunks.shortcutBlocks());
  }

  private void startCounting() {
    countedBlocks = -chunks.shortcutBlocks();
  }

  void countBlocks(int delta) {
    countedBlocks += delta;
  }

  /**
   * Carves a block.
   *
   * @return the block, or {@link Blocks#NO_BLOCK} if it does not fit
   */
  long carve(int size) {
    long block = next;
    long after = block + size;
    if (after > end) {
      return Blocks.NO_BLOCK;
    }
    next = after;
    countedBlocks++;
    return block;
  }

  /** Whether the block ends where the next one would be carved. */
  boolean isLastOf(long block, int size) {
    return Blocks.withoutSlack(block) + size == next;
  }

  /** Moves the start to another offset. */
  void moveTo(int offset) {
    next = Blocks.block(chunk, offset);
  }

  /** Starts over at the beginning of the chunk, which is empty. */
  void rewind() {
    if (chunk != Chunks.NO_CHUNK) {
      next = Blocks.block(chunk, 0);
    }
    startCounting();
  }

  /** Goes on in another chunk. */
  void enter(int chunk, int top) {
    this.chunk = chunk;
    next = Blocks.block(chunk, top);
    end = Blocks.block(chunk, chunks.bytes(chunk) & -Blocks.GRANULE_BYTES);
    startCounting();
  }

  /** Carves no more from the chunk. */
  void leave() {
    chunk = Chunks.NO_CHUNK;
    next = 0;
    end = 0;
    startCounting();
  }
}
