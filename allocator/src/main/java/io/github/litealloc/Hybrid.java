package io.github.litealloc;

/**
 * Size classes for small and middle requests, the coalescing free list for large ones; requests
 * above {@link #maxBytes()} get a chunk of their own from the arena.
 */
final class Hybrid extends Strategy {

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
    this.large = new FreeList(chunks, LARGE_GRANULE_BYTES);
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
  protected void trim() {
    small.trim();
    if (!chunks.isTrimmed()) {
      large.trim();
    }
  }

  @Override
  protected void visitFreeRuns(FreeRunVisitor visitor) {
    small.visitFreeRuns(visitor);
    large.visitFreeRuns(visitor);
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
