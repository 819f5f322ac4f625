package io.github.litealloc.memory;

import io.github.litealloc.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/** Takes chunks for the accounts of a store: idle ones, else fresh ones. Any thread. */
final class ChunkTaker {

  private final Object lock; // the store's, for what is idle
  private final IdleChunks idle;
  private final MemoryBudget budget;
  private final SystemMemory system;
  private final @Nullable NativeHeap nativeHeap;
  private final @Nullable CollectedMemory collected;

  /**
   * For a store.
   *
   * @param lock guards what is idle
   * @param nativeHeap hears of it, if it is to be trimmed
   * @param collected where fresh chunks come from, if only the collector frees
   */
  ChunkTaker(
      Object lock,
      IdleChunks idle,
      MemoryBudget budget,
      SystemMemory system,
      @Nullable NativeHeap nativeHeap,
      @Nullable CollectedMemory collected) {
    this.lock = lock;
    this.idle = idle;
    this.budget = budget;
    this.system = system;
    this.nativeHeap = nativeHeap;
    this.collected = collected;
  }

  /** As {@link ChunkStore#take}. */
  @Nullable Chunk take(Floor floor, int minBytes, int bytes) {
    if (!budget.tryClaim(floor, bytes)) {
      floor.refusedBy(Refusal.BUDGET);
      return null;
    }
    Chunk chunk = null;
    try {
      chunk = takeIdle(minBytes, bytes);
      if (chunk == null) {
        boolean isLeast = bytes - minBytes < Chunk.UNIT_BYTES;
        chunk =
            collected != null
                ? collected.take(floor, bytes, isLeast)
                : takeFresh(floor, bytes, isLeast);
      }
      return chunk;
    } finally {
      int taken = chunk == null ? 0 : chunk.bytes;
      if (taken < bytes) {
        // As in giveBack: no call, which there may be no stack for.
        int excess = bytes - taken;
        synchronized (budget) {
          long used = floor.heldBytes + floor.keptBytes;
          long before = used > floor.grantedBytes ? used : floor.grantedBytes;
          used -= excess;
          long after = used > floor.grantedBytes ? used : floor.grantedBytes;
          floor.heldBytes -= excess;
          budget.held -= excess;
          budget.allotted += after - before;
          budget.unclaims++;
        }
        tellOfUnclaimed(floor, excess);
      }
    }
  }

  /** Others may get what was claimed. */
  void tellOfUnclaimed(Floor floor, int bytes) {
    try {
      budget.unclaimed(floor, bytes);
    } catch (VirtualMachineError e) {
      // With the next change.
    }
  }

  private @Nullable Chunk takeIdle(int minBytes, int bytes) {
    synchronized (lock) {
      // Not larger than what would be taken fresh, or small requests would hold large chunks.
      return idle.take(minBytes, bytes);
    }
  }

  private @Nullable Chunk takeFresh(Floor floor, int bytes, boolean isLeast) {
    if (nativeHeap != null) {
      nativeHeap.moved();
    }
    if (!budget.reserve(bytes)) {
      floor.refusedBy(Refusal.BUDGET);
      return null;
    }
    Chunk chunk = null;
    try {
      boolean isAsked = system.refusal().mayAsk(bytes, isLeast);
      if (isAsked) {
        chunk = system.ask(bytes);
      }
      if (chunk == null && isLeast) {
        Chunk larger = takeLargerIdle(floor, bytes);
        if (larger != null) {
          return larger; // and is charged already
        }
        chunk = system.askAfterReclaiming(bytes, isAsked);
      }
    } finally {
      if (chunk == null) {
        synchronized (budget) {
          budget.reserved -= bytes;
        }
        tellOfReserved();
      }
    }
    if (chunk == null) {
      floor.refusedBy(Refusal.SYSTEM);
      budget.countSystemRefusal();
    }
    return chunk;
  }

  /** While the system has nothing, a chunk that is too large is better than none. */
  private @Nullable Chunk takeLargerIdle(Floor floor, int bytes) {
    int larger;
    synchronized (lock) {
      larger = idle.leastSizeAbove(bytes);
    }
    StackRoom.require(); // to give up again what is claimed
    if (larger == IdleChunks.NONE || !budget.tryClaim(floor, larger - bytes)) {
      return null;
    }
    Chunk chunk = null;
    try {
      chunk = takeIdle(larger, larger);
      return chunk;
    } finally {
      if (chunk == null) {
        budget.unclaim(floor, larger - bytes); // another thread was faster
      }
    }
  }

  private void tellOfReserved() {
    try {
      budget.reservedChanged();
    } catch (VirtualMachineError e) {
      // With the next change.
    }
  }
}
