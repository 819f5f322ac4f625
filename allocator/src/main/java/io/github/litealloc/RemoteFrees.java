package io.github.litealloc;

import io.github.litealloc.internal.Failures;
import org.jspecify.annotations.Nullable;

/**
 * Frees what other threads have left in an arena's inbox. The owner only; on a closed arena one
 * thread at a time.
 */
final class RemoteFrees {
  /*
   * What was taken out of the inbox is nowhere else. So it is noted here until it is free: if the stack
   * or the heap ends in the middle, the next call goes on where this one was.
   */

  private final RemoteFreeInbox inbox;
  private final ArenaStatistics statistics;
  private final ChunkSupply supply;

  /** What is being freed. */
  private @Nullable RemoteFree current;

  /** What was taken together with it, and is not free yet. */
  private @Nullable RemoteFree rest;

  /** What was in the inbox when it was closed; comes after the rest. */
  private @Nullable RemoteFree last;

  /** Whether {@link #current} is at it: it is code of others, and may call back. */
  private boolean isFreeing;

  RemoteFrees(RemoteFreeInbox inbox, ArenaStatistics statistics, ChunkSupply supply) {
    this.supply = supply;
    this.inbox = inbox;
    this.statistics = statistics;
    supply.inbox(inbox);
  }

  /** Whether what calls this was called by something that is just freed. */
  boolean isFreeing() {
    return isFreeing;
  }

  /** As {@link RemoteFreeInbox#seemsEmpty}. */
  boolean seemsEmpty() {
    return current == null && rest == null && inbox.seemsEmpty();
  }

  /**
   * Frees everything. One bad release must not lose those behind it: it is told at the end.
   *
   * @return how many there were
   */
  int freeAll() {
    if (isFreeing) {
      return 0; // whoever is at it, and has called whoever calls this, comes to all of them
    }
    if (current != null || rest != null || last != null) {
      freeTaken();
    }
    rest = inbox.takeAll();
    return rest == null ? 0 : freeTaken();
  }

  /** Takes nothing more, and frees what is left. */
  void close() {
    RemoteFree taken = inbox.close();
    if (taken != null) {
      last = taken;
    }
    if (!isFreeing) { // else whoever is at it comes to them
      freeTaken();
    }
  }

  /** Drops everything, for an arena that forgets every block. */
  void forget() {
    inbox.takeAll();
    current = null;
    rest = null;
    last = null;
  }

  private int freeTaken() {
    int count = 0;
    Throwable failure = null;
    try {
      isFreeing = true;
      for (RemoteFree released = next(); released != null; released = next()) {
        released.setNextRemoteFree(null); // or idle objects would keep each other alive
        Throwable thrown = freeOne(released);
        current = null;
        count++;
        if (failure == null) {
          failure = thrown;
        } else if (thrown != null && thrown != failure) {
          failure.addSuppressed(thrown);
        }
      }
    } finally {
      isFreeing = false;
    }
    Failures.throwIfAny(failure);
    return count;
  }

  /** Has something freed with the next of the others. */
  void putOff(RemoteFree released) {
    released.setNextRemoteFree(rest);
    rest = released;
  }

  /** What is to be freed: what was begun, else the next one, which is begun now. */
  private @Nullable RemoteFree next() {
    RemoteFree begun = current;
    if (begun != null) {
      return begun;
    }
    if (rest == null) {
      rest = last;
      last = null;
    }
    RemoteFree next = rest;
    if (next != null) {
      RemoteFree others = next.nextRemoteFree(); // before it is free: the object may be reused then
      current = next;
      rest = others;
    }
    return next;
  }

  /** Frees what a closed inbox has refused; soon, if it is in the middle of an operation. */
  void free(RemoteFree released) {
    if (supply.isBusy) {
      putOff(released);
    } else {
      Throwable report = freeOne(released);
      if (report != null) { // else without a call: it is free, and must not seem to be not
        Failures.throwIfAny(report);
      }
    }
  }

  /**
   * Frees one.
   *
   * @return what it has thrown, if it is free all the same, or was refused
   * @throws VirtualMachineError if the stack or the heap has ended before it was free
   */
  private @Nullable Throwable freeOne(RemoteFree released) {
    ArenaStatistics account = statistics;
    long before = account.frees + account.shortcutFrees;
    account.remoteFrees++; // before freeing, which may be the last thing that is counted
    try {
      released.freeOnOwner();
      return null;
    } catch (Throwable e) {
      if (account.frees + account.shortcutFrees == before) {
        account.remoteFrees--; // not free, and not merely reported as damaged
        if (e instanceof VirtualMachineError error) {
          throw error;
        }
      }
      return e;
    }
  }
}
