package io.github.litealloc;

import java.util.BitSet;
import java.util.function.IntUnaryOperator;

/**
 * The chunk that a strategy carves from, and the empty one that it may keep beside it: when they
 * are taken and given back. The place within the chunk is the {@link Wilderness}. Owner thread
 * only.
 */
final class TopChunk {

  /** The answer of {@link #gap} where the block does not fit. */
  static final int NO_ROOM = -1;

  private final Chunks chunks;
  private final Strategy strategy;
  private final Wilderness wilderness;
  private final IntUnaryOperator parting;
  private final int largestKept;

  /**
   * Without a chunk.
   *
   * @param strategy for whom a spare chunk is kept
   * @param parting is called with each chunk just before it goes back, and answers how many
   *     free-list entries still name it
   * @param largestKept up to how many bytes the chunk that is carved may stay when it is empty
   */
  TopChunk(
      Chunks chunks,
      Strategy strategy,
      Wilderness wilderness,
      IntUnaryOperator parting,
      int largestKept) {
    this.largestKept = largestKept;
    this.chunks = chunks;
    this.strategy = strategy;
    this.wilderness = wilderness;
    this.parting = parting;
  }

  /**
   * How many bytes must be left out so that the next block is aligned, or {@link #NO_ROOM} if it
   * then does not fit.
   */
  int gap(int size, int alignment) {
    int chunk = wilderness.chunk();
    if (chunk == Chunks.NO_CHUNK) {
      return NO_ROOM;
    }
    int top = wilderness.top();
    long gap = chunks.alignedOffset(chunk, top, alignment) - top;
    return gap + size > wilderness.left() ? NO_ROOM : (int) gap;
  }

  /**
   * Takes a chunk that holds an aligned block. Gives back what is empty before: it is too small.
   *
   * @return its slot, or {@link Chunks#NO_CHUNK}
   */
  int take(int size, int alignment) {
    giveBackSpare();
    giveBackTopIfEmpty();
    int slack = alignment > Blocks.GRANULE_BYTES ? alignment - Blocks.GRANULE_BYTES : 0;
    return chunks.take(size + slack);
  }

  /**
   * Deals with a chunk that has become empty and is not the one that is carved: keeps it as the
   * spare or gives it back.
   *
   * @return whether it was kept
   */
  boolean keepOrGiveBack(int slot) {
    if (chunks.keepAsSpare(slot, strategy)) {
      return true;
    }
    giveBack(slot);
    return false;
  }

  /** Gives back the chunks that are empty and should go, the spare one first. */
  void trim() {
    int spare = spare();
    if (spare != Chunks.NO_CHUNK && chunks.shouldGoBack(spare)) {
      giveBack(spare);
    }
    int top = wilderness.chunk();
    if (top != Chunks.NO_CHUNK && chunks.usedBytes(top) == 0 && chunks.shouldGoBack(top)) {
      giveBackTop();
    }
  }

  /**
   * Deals with the chunk that is carved when it has become empty.
   *
   * @return whether it was given back, as it is not to be kept
   */
  boolean letGoOfTop() {
    int top = wilderness.chunk();
    if (top == Chunks.NO_CHUNK || !chunks.mustLetGo(top, largestKept)) {
      return false;
    }
    giveBackTop();
    return true;
  }

  /** The spare chunk if there is one and it is still empty, else {@link Chunks#NO_CHUNK}. */
  int spare() {
    return chunks.spareOf(strategy);
  }

  private void giveBackSpare() {
    int spare = spare();
    if (spare != Chunks.NO_CHUNK) {
      giveBack(spare);
    }
  }

  private void giveBackTopIfEmpty() {
    int chunk = wilderness.chunk();
    if (chunk != Chunks.NO_CHUNK && chunks.usedBytes(chunk) == 0) {
      giveBackTop();
    }
  }

  private void giveBackTop() {
    giveBack(wilderness.chunk());
    wilderness.leave();
  }

  private void giveBack(int slot) {
    chunks.giveBack(slot, parting.applyAsInt(slot));
  }

  /** Tells of what is left to carve, and leaves the chunk, if it is one of some. */
  void forgetRest(BitSet slots, FreeRunVisitor visitor) {
    int chunk = wilderness.chunk();
    if (chunk != Chunks.NO_CHUNK && slots.get(chunk)) {
      visitRest(visitor);
      wilderness.leave();
    }
  }

  /** Tells of what is left to carve. */
  void visitRest(FreeRunVisitor visitor) {
    if (wilderness.left() > 0) {
      visitor.freeRun(wilderness.chunk(), wilderness.top(), wilderness.left());
    }
  }
}
