package io.github.litealloc;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What a strategy has forgotten in some chunks: collects the pieces that it tells of, in any order,
 * and puts together what is contiguous.
 */
final class ForgottenRuns implements FreeRunVisitor {
  /*
   * A bit for every granule of every chunk: 2 KiB for a chunk of 256 KiB. All are there before the
   * strategy is asked, so that nothing can fail here while it is at work.
   */

  private static final int GRANULE_SHIFT = Integer.numberOfTrailingZeros(Blocks.GRANULE_BYTES);

  private final Chunks chunks;
  private final @Nullable BitSet[] granules; // by slot
  private long toldGranules;

  /**
   * For a strategy that has told of nothing yet.
   *
   * @param slots held chunks with live blocks
   */
  ForgottenRuns(Chunks chunks, BitSet slots) {
    this.chunks = chunks;
    this.granules = new @Nullable BitSet[slots.length()];
    for (int slot = slots.nextSetBit(0); slot >= 0; slot = slots.nextSetBit(slot + 1)) {
      if (!chunks.isHeld(slot) || chunks.usedBytes(slot) == 0) {
        throw new IllegalArgumentException(
            "slots: " + slot + " (expected: chunks that are held and have live blocks)");
      }
      granules[slot] = new BitSet(chunks.bytes(slot) >>> GRANULE_SHIFT);
    }
  }

  @Override
  public void freeRun(int chunk, int offset, int bytes) {
    BitSet free = chunk >= 0 && chunk < granules.length ? granules[chunk] : null;
    if (free == null
        || offset < 0
        || bytes <= 0
        || offset > chunks.bytes(chunk) - bytes
        || ((offset | bytes) & (Blocks.GRANULE_BYTES - 1)) != 0) {
      throw new IllegalArgumentException(
          "free run of "
              + bytes
              + " bytes at "
              + chunk
              + ':'
              + offset
              + " (expected: in one of the chunks that were asked for, in multiples of "
              + Blocks.GRANULE_BYTES
              + ')');
    }
    chunks.forgotten(chunk);
    free.set(offset >>> GRANULE_SHIFT, (offset + bytes) >>> GRANULE_SHIFT);
    toldGranules += bytes >>> GRANULE_SHIFT;
  }

  /** Demands what costs little to know: that nothing was told twice, and not more than is free. */
  void requireSound() {
    long free = 0;
    for (int slot = 0; slot < granules.length; slot++) {
      BitSet told = granules[slot];
      if (told != null) {
        int bytes = told.cardinality() << GRANULE_SHIFT;
        if (bytes > chunks.bytes(slot) - chunks.usedBytes(slot)) {
          throw new IllegalStateException(
              "chunk " + slot + ": " + bytes + " bytes are forgotten (expected: not those in use)");
        }
        free += told.cardinality();
      }
    }
    if (free != toldGranules) {
      throw new IllegalStateException("free memory is told of twice (expected: once)");
    }
  }

  /** Tells of what was collected, chunk by chunk, in the order of addresses. */
  void visit(FreeRunVisitor visitor) {
    for (int slot = 0; slot < granules.length; slot++) {
      BitSet told = granules[slot];
      if (told == null) {
        continue;
      }
      for (int start = told.nextSetBit(0); start >= 0; ) {
        int end = told.nextClearBit(start);
        visitor.freeRun(slot, start << GRANULE_SHIFT, (end - start) << GRANULE_SHIFT);
        start = told.nextSetBit(end);
      }
    }
  }
}
