package io.github.litealloc.memory;

import io.github.litealloc.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/** The system behind a {@link MemorySource}, as a store asks it for chunks. Any thread. */
final class SystemMemory {

  private final MemorySource source;
  private final MemoryBudget budget;
  private final SystemRefusal refusal;

  /**
   * @param budget has the bytes charged already, and hears of refusals
   * @param refusal what is known of the source's refusals
   */
  SystemMemory(MemorySource source, MemoryBudget budget, SystemRefusal refusal) {
    this.source = source;
    this.budget = budget;
    this.refusal = refusal;
  }

  SystemRefusal refusal() {
    return refusal;
  }

  /** Asks what may take half a second and a full collection to be refused. */
  @Nullable Chunk ask(int bytes) {
    StackRoom.require(); // what a source has taken and cannot return would be lost
    Dropped.doSome();
    MemorySource.Memory memory;
    boolean isAnswered = false;
    try {
      memory = source.allocate(bytes);
      isAnswered = true;
    } catch (OutOfMemoryError e) {
      isAnswered = true;
      budget.systemRefused(refusal);
      return null;
    } finally {
      if (!isAnswered) {
        refusal.failed();
      }
    }
    Chunk chunk;
    try {
      chunk = new Chunk(memory, bytes);
      if (memory instanceof WatchedMemory watched) {
        watched.onDropped(budget.crediting, bytes);
      }
    } catch (Throwable e) {
      releaseUnusable(memory, e);
      throw e;
    } finally {
      tellOfService();
    }
    return chunk;
  }

  private void tellOfService() {
    try {
      budget.systemServed(refusal);
    } catch (VirtualMachineError e) {
      // The chunk must get to whoever asked for it; a refusal ends with time, too.
    }
  }

  /**
   * Asks once more if what is kept idle, and goes back for it, is enough: only then is the answer
   * likely to be another one.
   *
   * @param isRefusedNow whether the system was asked for the same request. Then everything goes
   *     back, for the system may have the rest of what is needed when it is asked next
   */
  @Nullable Chunk askAfterReclaiming(int bytes, boolean isRefusedNow) {
    if (isRefusedNow || budget.idleBytes() >= bytes) {
      long reclaimed = budget.stores.reclaim(isRefusedNow ? Long.MAX_VALUE : bytes);
      if (reclaimed >= bytes && refusal.mayAsk(bytes, true)) {
        return ask(bytes);
      }
    }
    return null;
  }

  // A source is somebody else's code: what must not be null may be.
  private static void releaseUnusable(MemorySource.@Nullable Memory memory, Throwable reason) {
    if (memory != null) {
      try {
        memory.release();
      } catch (Throwable e) {
        reason.addSuppressed(e);
      }
    }
  }
}
