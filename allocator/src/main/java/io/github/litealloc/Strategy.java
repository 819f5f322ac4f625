package io.github.litealloc;

import java.util.BitSet;

/**
 * How an arena finds, splits, merges and reuses blocks.
 *
 * <p>An arena calls its strategy from one thread at a time and has validated every argument: sizes
 * are 0 to {@link #maxBytes()}, alignments powers of two from 16 to 4096, blocks are live and were
 * handed out by this strategy. A strategy needs no locks, and no checks of its own. It keeps its
 * state in plain arrays, never inside the blocks, whose memory it cannot reach: a stale view that
 * writes into a freed block can spoil payload but not the allocator.
 *
 * <p>Frees are <em>sized</em>: whoever frees a block says how many bytes it was requested with, so
 * that a strategy need not store it.
 *
 * <p>To write one:
 *
 * <ul>
 *   <li>Take chunks with {@link Chunks#take}, and carve blocks from them: a block is named by
 *       {@link Blocks#block} from its chunk's slot and its offset, starts at a multiple of 16
 *       bytes, has a size that is a multiple of 16 ({@link Blocks#roundUp}), and shares no byte
 *       with another live block. {@link Chunks#alignedOffset} finds aligned places.
 *   <li>Account for every block, with the size that {@link #sizeOf} answers for it: {@link
 *       Chunks#blockAllocated} before handing it out, {@link Chunks#blockFreed} when it comes back,
 *       {@link Chunks#blockResized} when it changes in place.
 *   <li>Give chunks back with {@link Chunks#giveBack} when they are empty: some time, for reuse may
 *       follow, but at the latest in {@link #trim}.
 *   <li>Moving the contents of a block is not your business. Where {@link #resize} answers {@link
 *       Blocks#NO_BLOCK}, the arena allocates, copies and frees.
 *   <li>Requests above {@link #maxBytes()} never get here.
 * </ul>
 *
 * <p>Offer a {@link StrategyFactory} for it. The test jar of this module has the tests that every
 * strategy must pass, in the package {@code io.github.litealloc.testing}: subclass {@code
 * StrategyContract}.
 *
 * @since 0.1.0
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
   * only when nothing that is free fits, or nothing that the strategy can find in the time it
   * allows itself. An exception from {@link Chunks#take}, which is one of the memory source, goes
   * to the caller, and nothing must have changed then either.
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
   * Changes the size of a live block if it can stay where it is, contents included, and accounts
   * for it through {@link Chunks#blockResized} if {@link #sizeOf} changes. A block must at least be
   * able to grow to its {@link #sizeOf}. Shrinking may also leave the size of the block as it is.
   *
   * @param block a live block
   * @param oldBytes the bytes it was requested with, or last resized to
   * @param newBytes the bytes it shall have
   * @return the block's name from now on, which may differ in its slack; {@link Blocks#NO_BLOCK} if
   *     the block would have to move, and then nothing has changed
   */
  protected abstract long resize(long block, int oldBytes, int newBytes);

  /**
   * Returns the size of a live block.
   *
   * @param block a live block
   * @param bytes the bytes it was requested with, or last resized to
   * @return the bytes it occupies, at least {@code bytes}
   */
  protected abstract int sizeOf(long block, int bytes);

  /**
   * Returns the size of the blocks for a request, those with slack excepted. Blocks of equal size
   * must be interchangeable: whoever has one may use it for, and free it as, any request with the
   * same answer. That lets an owner keep it for its next request, see {@link BlockCache}. The
   * answer is the same for all requests that {@linkplain Blocks#roundUp round up} alike.
   *
   * @param bytes requested bytes, 0 to {@link #maxBytes()}
   * @return the bytes that the block occupies; 0, the default, if blocks must not be cached
   */
  protected int sizeFor(int bytes) {
    return 0;
  }

  /**
   * Whether blocks up to some tens of KiB are of so few sizes that an owner may keep one of each.
   */
  boolean hasFewSizes() {
    return false; // what others do is not known
  }

  /**
   * Gives empty chunks back to the chunk store: every one, or those of which {@link
   * Chunks#shouldGoBack} says that they should. Called when the arena is to shrink, when a request
   * could not be served, when chunks have been empty for long, and after the arena was closed, for
   * every chunk that gets empty.
   */
  protected abstract void trim();

  /** {@link #trim} while the arena is in use, for chunks that have been empty for long. */
  void trimExpired() {
    trim();
  }

  /**
   * Lets go of room for free blocks that is far more than there are. With each tick. What fails for
   * lack of heap has changed nothing.
   *
   * @param atOnce of all of it; else, where the load goes up and down, by halves, and only of what
   *     was not needed since the last time
   */
  void shrink(boolean atOnce) {
    // A strategy of somebody else has its own ways.
  }

  /** What the arena may carve blocks from while it is open; asked for once. */
  Wilderness wilderness() {
    return Wilderness.none(chunks);
  }

  /** Opens the wilderness if nothing else is free. */
  void openWilderness() {
    // Without one there is nothing to do.
  }

  /** The arena was closed: as {@link #trim}, and no more allocations will follow. */
  void closed() {
    trim();
  }

  /**
   * Tells of every contiguous piece of free memory that can serve a request, for {@link
   * Arena#fragmentation()} and the figures of what is free. What is not told of counts as dead. By
   * default nothing is told. The owner waits until all is told, which it asks for at a thousandth
   * of its time at most.
   *
   * @param visitor what to tell
   */
  protected void visitFreeRuns(FreeRunVisitor visitor) {
    // An answer is optional.
  }

  /**
   * The same, but only the next piece of a walk. A strategy of somebody else has but one.
   *
   * @return whether that was the last piece
   */
  boolean walkFree(FreeWalk walk, FreeRunVisitor visitor) {
    visitFreeRuns(visitor);
    return true;
  }

  /**
   * Forgets the free memory of chunks that live blocks keep from going back: of what it tells of,
   * nothing is handed out again before its chunk has gone back as a whole. Until then the pages
   * there may go back to the system, and their contents be lost.
   *
   * <p>Live blocks stay as they are, and may grow into nothing that was told of. When they are
   * freed, they are free as ever, and are handed out again. It may be called for the same chunk
   * again, and then tells of what has become free since. A chunk of which anything was told must be
   * given back when it is empty, as {@link Chunks#keepAsSpare} then says, too.
   *
   * @param slots chunks with live blocks; those among them that are not this strategy's are nothing
   *     to it
   * @param visitor what to tell of each piece that is forgotten, in any order, but once. What is
   *     not told of just stays where it is
   * @return {@code false}, the default, if the strategy does not do that; nothing has changed then,
   *     and nothing was told
   */
  protected boolean forgetFree(BitSet slots, FreeRunVisitor visitor) {
    return false;
  }

  /**
   * Forgets every block and every chunk; the arena gives the chunks back, and starts again with
   * slot 0.
   */
  protected abstract void reset();

  /**
   * {@return the largest request that this strategy serves; the arena gives larger ones a chunk of
   * their own; at most 2<sup>30</sup> bytes} Always the same.
   */
  protected int maxBytes() {
    return Blocks.MAX_STRATEGY_BYTES;
  }
}
