package io.github.litealloc;

import io.github.litealloc.memory.Chunk;
import java.util.Arrays;
import java.util.BitSet;

/** Carves blocks one after the other from the start of a chunk to its end. Owner thread only. */
final class BumpPointer {

  private final Chunks chunks;
  private final Wilderness wilderness;
  private final TopChunk top;

  // Of chunks other than the current one, by slot: the blocks that were carved, and the bytes
  // behind
  // them, which are not carved any more.
  private int[] blocks = new int[4];
  private int[] rests = new int[4];

  // Freed blocks that are on no list, for forgetFree.
  private final FreeRunIndex unlisted = new FreeRunIndex();

  BumpPointer(Chunks chunks, Strategy strategy, Wilderness wilderness) {
    this.chunks = chunks;
    this.wilderness = wilderness;
    this.top = new TopChunk(chunks, strategy, wilderness, this::parting, Chunks.CHUNK_BYTES);
  }

  /** A chunk goes back; answers how many of its blocks are on free lists. */
  private int parting(int slot) {
    unlisted.removeAll(slot);
    rests[slot] = 0;
    return slot == wilderness.chunk() ? wilderness.blocks() : blocks[slot];
  }

  /** The chunk that is being carved, or {@link Chunks#NO_CHUNK}. */
  int chunk() {
    return wilderness.chunk();
  }

  /**
   * Carves a block from the current chunk.
   *
   * @return the block, or {@link Blocks#NO_BLOCK} if it does not fit
   */
  long carve(int bytes) {
    return wilderness.carve(bytes);
  }

  /** Like {@link #carve(int)}, at an aligned address. */
  long carve(int bytes, int alignment) {
    if (alignment <= Blocks.GRANULE_BYTES) {
      return carve(bytes);
    }
    int gap = top.gap(bytes, alignment);
    if (gap == TopChunk.NO_ROOM) {
      return Blocks.NO_BLOCK;
    }
    wilderness.moveTo(wilderness.top() + gap);
    return wilderness.carve(bytes);
  }

  /**
   * Carves the block from a new chunk. Carving goes on in whichever of the old and the new chunk
   * has more room left.
   *
   * @return the block, or {@link Blocks#NO_BLOCK} if no chunk could be taken
   */
  long carveFromNewChunk(int bytes, int alignment) {
    if (chunks.slots()
        >= blocks.length) { // first: a chunk must not be lost because the heap is full
      int capacity = Math.max(chunks.slots() + 1, blocks.length * 2);
      rests = Arrays.copyOf(rests, capacity);
      blocks = Arrays.copyOf(blocks, capacity); // last: its length says that both have grown
    }
    int fresh = top.take(bytes, alignment);
    if (fresh == Chunks.NO_CHUNK) {
      return Blocks.NO_BLOCK;
    }
    int offset = (int) chunks.alignedOffset(fresh, 0, alignment);
    int freshLeft = (chunks.bytes(fresh) & -Blocks.GRANULE_BYTES) - offset - bytes;
    if (freshLeft < wilderness.left()) {
      blocks[fresh] = 1;
      rests[fresh] = freshLeft;
      return Blocks.block(fresh, offset);
    }
    leave();
    wilderness.enter(fresh, offset);
    return wilderness.carve(bytes);
  }

  /**
   * Deals with a chunk that has become empty and is not the current one: keeps it as the spare or
   * gives it back.
   */
  void emptied(int slot) {
    top.keepOrGiveBack(slot);
  }

  /** Gives back the current chunk, which is empty, if it is not to be kept. */
  boolean letGo() {
    return top.letGoOfTop();
  }

  /** Gives back the chunks that are empty and should go, the spare one first. */
  void trim() {
    top.trim();
  }

  /** Whether the block ends where the next one would be carved. */
  boolean isTop(long block, int bytes) {
    return wilderness.isLastOf(block, bytes);
  }

  /**
   * Moves the end of the top block.
   *
   * @return {@code false} if the chunk is too small
   */
  boolean resizeTop(int deltaBytes) {
    if (deltaBytes > wilderness.left()) {
      return false;
    }
    wilderness.moveTo(wilderness.top() + deltaBytes);
    return true;
  }

  /** How many blocks were carved from the current chunk since it was taken or last rewound. */
  int blocksHere() {
    return wilderness.blocks();
  }

  /** Counts a block that was split off another one, and so may be on a free list. */
  void count(long block) {
    changeCount(block, 1);
  }

  /** Takes one block out of the count of carved ones: it will never be on a free list. */
  void forget(long block) {
    changeCount(block, -1);
  }

  private void changeCount(long block, int delta) {
    int slot = Blocks.chunk(block);
    if (slot == wilderness.chunk()) {
      wilderness.countBlocks(delta);
    } else {
      blocks[slot] += delta;
    }
  }

  /**
   * Notes a freed block that is on no list, and waits for its chunk to become empty. Of smaller
   * ones than a page nothing can go back as a rule.
   */
  void unlisted(long block, int bytes) {
    if (bytes >= Chunk.MAX_ALIGNMENT) {
      unlisted.add(Blocks.chunk(block), Blocks.offset(block), bytes);
    }
  }

  /** Starts over at the beginning of the current chunk, which is empty. */
  void rewind() {
    unlisted.removeAll(wilderness.chunk());
    wilderness.rewind();
  }

  /**
   * Starts over in an empty arena, no block of which is on a free list any more.
   *
   * @param emptied the chunk of its last block
   */
  void rewindAll(int emptied) {
    if (unlisted.count() > 0) {
      unlisted.clear();
    }
    wilderness.rewind();
    if (chunks.slots() > 1 || emptied != wilderness.chunk()) {
      rewindOthers(emptied);
    }
    letGo();
    wilderness.open();
  }

  private void rewindOthers(int emptied) {
    int spare = top.spare();
    if (spare != Chunks.NO_CHUNK) {
      blocks[spare] = 0;
    }
    if (emptied != wilderness.chunk()) {
      blocks[emptied] = 0;
      emptied(emptied);
    }
    chunks.dropAllStaleEntries();
  }

  /** Carves no more from the current chunk. */
  private void leave() {
    if (wilderness.chunk() != Chunks.NO_CHUNK) {
      blocks[wilderness.chunk()] = wilderness.blocks();
      rests[wilderness.chunk()] = wilderness.left();
    }
    wilderness.leave();
  }

  /**
   * Tells of what is on no free list in some chunks, and forgets it. Leaves the current chunk, if
   * it is one of them: nothing more is carved from any of them.
   */
  void forgetFree(BitSet slots, FreeRunVisitor visitor) {
    if (wilderness.chunk() != Chunks.NO_CHUNK && slots.get(wilderness.chunk())) {
      leave();
    }
    for (int slot = slots.nextSetBit(0); slot >= 0; slot = slots.nextSetBit(slot + 1)) {
      unlisted.forget(slot, visitor);
      if (slot < rests.length && rests[slot] > 0) {
        int end = chunks.bytes(slot) & -Blocks.GRANULE_BYTES;
        visitor.freeRun(slot, end - rests[slot], rests[slot]);
        rests[slot] = 0;
      }
    }
  }

  /** Tells of what is left to carve. */
  void visitRest(FreeRunVisitor visitor) {
    top.visitRest(visitor);
  }

  /** Forgets every chunk. */
  void reset() {
    leave();
    unlisted.clear();
    Arrays.fill(rests, 0);
  }
}
