package io.github.litealloc;

import java.util.BitSet;

/**
 * Size classes for small and middle requests, the coalescing free list for large ones; requests
 * above {@link #maxBytes()} get a chunk of their own from the arena.
 */
final class Hybrid extends Strategy {

  /*
   * The thresholds, measured by replacing a random one of 64 live blocks, each of 3/4 to all of a size
   * (JDK 17, AMD EPYC, 2026-11-25):
   *
   *   size      size classes                 free list
   *   4 KiB      35 ns, reserved 2.3 x used   161 ns, reserved 1.4 x used
   *   32 KiB     23 ns, reserved 1.6 x used   127 ns, reserved 1.4 x used
   *   64 KiB     (bump)  reserved 2.9 x used  140 ns, reserved 1.4 x used
   *
   * Up to 32 KiB time decides: nearly all buffers of a server are that small. Above, memory does: what
   * the classes would round up and keep apart is many kilobytes for each buffer, and the 100 ns that
   * the free list costs more are 4 % of what it takes to write 32 KiB (2.6 us). Above 2 MiB a chunk of
   * one's own, taken and given back each time, costs 0.3 us, and writing it 56 us; what is kept for
   * reuse is then up to the chunk store and its decay, and no other block can pin it.
   */

  /** Requests up to this many bytes use the size classes. */
  static final int MAX_SMALL_BYTES = SizeClasses.NETWORK.maxBytes();

  /** Requests above this many bytes get a chunk of their own. */
  static final int MAX_LARGE_BYTES = 2 * 1024 * 1024;

  /** Large runs are multiples of this: little waste from 32 KiB on, and no slivers between them. */
  private static final int LARGE_GRANULE_BYTES = 1024;

  private final SegregatedBump small;
  private final FreeList large;

  Hybrid(Chunks chunks) {
    super(chunks);
    this.small = new SegregatedBump(chunks, SizeClasses.NETWORK);
    this.large = new FreeList(chunks, LARGE_GRANULE_BYTES, MAX_LARGE_BYTES);
  }

  @Override
  protected long allocate(int bytes, int alignment) {
    return bytes <= MAX_SMALL_BYTES
        ? small.allocate(bytes, alignment)
        : large.allocate(bytes, alignment);
  }

  @Override
  protected void free(long block, int bytes) {
    if (bytes <= MAX_SMALL_BYTES) {
      small.free(block, bytes);
    } else {
      large.free(block, bytes);
    }
  }

  @Override
  protected long resize(long block, int oldBytes, int newBytes) {
    boolean isSmall = oldBytes <= MAX_SMALL_BYTES;
    if (isSmall != newBytes <= MAX_SMALL_BYTES) {
      return Blocks.NO_BLOCK;
    }
    return isSmall
        ? small.resize(block, oldBytes, newBytes)
        : large.resize(block, oldBytes, newBytes);
  }

  @Override
  protected int sizeOf(long block, int bytes) {
    return bytes <= MAX_SMALL_BYTES ? small.sizeOf(block, bytes) : large.sizeOf(block, bytes);
  }

  @Override
  protected int sizeFor(int bytes) {
    return bytes <= MAX_SMALL_BYTES ? small.sizeFor(bytes) : large.sizeFor(bytes);
  }

  @Override
  boolean hasFewSizes() {
    return small.hasFewSizes();
  }

  @Override
  Wilderness wilderness() {
    return small.wilderness();
  }

  @Override
  void openWilderness() {
    small.openWilderness();
  }

  @Override
  protected void trim() {
    small.trim();
    if (!chunks.isTrimmed()) {
      large.trim();
    }
  }

  @Override
  void shrink(boolean atOnce) {
    small.shrink(atOnce);
    large.shrink(atOnce);
  }

  @Override
  protected void visitFreeRuns(FreeRunVisitor visitor) {
    walkFree(FreeWalk.toTheEnd(), visitor);
  }

  @Override
  boolean walkFree(FreeWalk walk, FreeRunVisitor visitor) {
    if (walk.part() == 0) {
      if (!small.walkFree(walk, visitor)) {
        return false;
      }
      walk.nextPart();
    }
    return large.walkFree(walk, visitor);
  }

  @Override
  protected boolean forgetFree(BitSet slots, FreeRunVisitor visitor) {
    small.forgetFree(slots, visitor);
    large.forgetFree(slots, visitor);
    return true;
  }

  @Override
  protected void reset() {
    small.reset();
    large.reset();
  }

  @Override
  protected int maxBytes() {
    return MAX_LARGE_BYTES;
  }
}
