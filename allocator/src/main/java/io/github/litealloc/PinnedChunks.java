package io.github.litealloc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** How many bytes of an arena's chunks live blocks pin. The owner writes; any thread may read. */
final class PinnedChunks {

  private static final VarHandle INT = MethodHandles.arrayElementVarHandle(int[].class);
  private static final VarHandle FLAG = MethodHandles.arrayElementVarHandle(boolean[].class);

  // By slot of the chunk: bytes in live blocks and in all. Arrays of the arena, replaced when they
  // grow.
  private volatile int[] usedByChunk = {};
  private volatile int[] bytesByChunk = {};

  /** Which chunks held no live block when the owner last looked, and were there already. */
  private volatile boolean[] keptByChunk = {};

  /** Shows readers which chunks have live blocks; the arrays go on being written by the owner. */
  void publish(int[] usedByChunk, int[] bytesByChunk, boolean[] keptByChunk) {
    this.keptByChunk = keptByChunk;
    this.bytesByChunk = bytesByChunk; // these first: they must never be the shorter ones
    this.usedByChunk = usedByChunk;
  }

  /**
   * Adds up the chunks that hold live blocks.
   *
   * @param live bytes in live blocks
   * @param cached bytes in blocks that the owner keeps
   * @param open the chunk whose account is behind, if one is
   * @param occupied bytes in both
   * @return bytes, at least what is live
   */
  long bytes(long live, long cached, long open, long occupied) {
    if (live == 0) {
      return 0;
    }
    int[] used = usedByChunk;
    int[] bytes = bytesByChunk;
    boolean[] kept = keptByChunk;
    long unsettled = occupied; // what no other chunk accounts for
    long pinned = 0;
    for (int slot = 0; slot < used.length; slot++) {
      int here = (int) INT.getOpaque(used, slot);
      if (slot != open && here > 0) {
        unsettled -= here;
        pinned += isPinned(kept, slot, here, cached) ? (int) INT.getOpaque(bytes, slot) : 0;
      }
    }
    boolean isOpenPinned =
        open >= 0
            && open < used.length
            && unsettled > 0
            && isPinned(kept, (int) open, unsettled, cached);
    pinned += isOpenPinned ? (int) INT.getOpaque(bytes, (int) open) : 0;
    return Math.max(pinned, live);
  }

  /** Whether not all that is occupied in a chunk may be what the owner keeps. */
  private static boolean isPinned(boolean[] kept, int slot, long occupied, long cached) {
    return occupied > cached || !(boolean) FLAG.getOpaque(kept, slot);
  }
}
