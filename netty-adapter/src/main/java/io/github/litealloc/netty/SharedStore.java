package io.github.litealloc.netty;

import io.github.litealloc.memory.ChunkStore;

/** A chunk store and how many open allocators take their chunks from it. Safe for any thread. */
final class SharedStore {

  private final ChunkStore store;
  private int users = 1; // guarded by this

  SharedStore(ChunkStore store) {
    this.store = store;
  }

  ChunkStore store() {
    return store;
  }

  /** Another allocator uses the store from now on; {@code false} if nobody does any more. */
  synchronized boolean join() {
    if (users == 0) {
      return false; // it keeps nothing for reuse from then on
    }
    users++;
    return true;
  }

  /** An allocator was closed. The last one leaves a store that keeps nothing. */
  synchronized void leave() {
    if (--users == 0) {
      store.stopRetaining();
    }
  }
}
