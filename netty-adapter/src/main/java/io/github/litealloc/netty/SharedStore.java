package io.github.litealloc.netty;

import io.github.litealloc.memory.ChunkStore;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/** A chunk store and how many open allocators take their chunks from it. Safe for any thread. */
final class SharedStore {

  private final ChunkStore store;
  private final boolean trimsNativeHeap;
  private int users = 1; // guarded by this
  private final Set<Object> gone = Collections.newSetFromMap(new WeakHashMap<>()); // likewise

  SharedStore(ChunkStore store, boolean trimsNativeHeap) {
    this.store = store;
    this.trimsNativeHeap = trimsNativeHeap;
  }

  ChunkStore store() {
    return store;
  }

  /** Whether what was given back to the C library, by the store or past it, is to leave it too. */
  boolean trimsNativeHeap() {
    return trimsNativeHeap;
  }

  /** Another allocator uses the store from now on; {@code false} if nobody does any more. */
  synchronized boolean join() {
    if (users == 0) {
      return false; // it keeps nothing for reuse from then on
    }
    users++;
    return true;
  }

  /**
   * An allocator was closed; told again, it changes nothing. The last one leaves a store that keeps
   * nothing.
   */
  synchronized void leave(Object user) {
    if (gone.contains(user)) {
      return;
    }
    if (users == 1) {
      store.stopRetaining(); // first: it may fail
    }
    gone.add(user);
    users--;
  }
}
