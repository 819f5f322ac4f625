package io.github.litealloc;

/**
 * The sizes of those live blocks whose size does not follow from their requested bytes: blocks that
 * were larger than asked for when they were reused, or were shrunk in place. Usually empty.
 */
final class ResizedBlocks {

  private final LongIntMap sizes = new LongIntMap();

  boolean isEmpty() {
    return sizes.isEmpty();
  }

  /** The size of a block, which is {@code usual} for most. */
  int sizeOf(long block, int usual) {
    return sizes.isEmpty() ? usual : sizes.getOrDefault(block, usual);
  }

  /** Like {@link #sizeOf}, and forgets the block. */
  int remove(long block, int usual) {
    return sizes.isEmpty() ? usual : sizes.remove(block, usual);
  }

  /** Remembers that a block has {@code size} bytes where {@code usual} would be expected. */
  void set(long block, int size, int usual) {
    if (size == usual) {
      remove(block, usual);
    } else {
      sizes.put(block, size);
    }
  }

  void clear() {
    sizes.clear();
  }
}
