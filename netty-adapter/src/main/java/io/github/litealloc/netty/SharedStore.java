package io.github.litealloc.netty;

import io.github.litealloc.memory.ChunkStore;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/** A chunk store and the open allocators that take their chunks from it. Safe for any thread. */
final class SharedStore {

  private final ChunkStore store;
  private final boolean trimsNativeHeap;

  /** The names of the allocators; weak, as some are dropped without being closed. */
  private final Set<AllocatorNames.AllocatorName> users = // guarded by this
      Collections.newSetFromMap(new WeakHashMap<>());

  SharedStore(ChunkStore store, boolean trimsNativeHeap, AllocatorNames.AllocatorName firstUser) {
    this.store = store;
    this.trimsNativeHeap = trimsNativeHeap;
    users.add(firstUser);
  }

  ChunkStore store() {
    return store;
  }

  /** Whether what was given back to the C library, by the store or past it, is to leave it too. */
  boolean trimsNativeHeap() {
    return trimsNativeHeap;
  }

  /** Another allocator uses the store from now on; {@code false} if nobody does any more. */
  synchronized boolean join(AllocatorNames.AllocatorName user) {
    if (users.isEmpty()) {
      return false; // it keeps nothing for reuse from then on
    }
    users.add(user);
    return true;
  }

  /**
   * An allocator was closed; told again, it changes nothing. The last one leaves a store that keeps
   * nothing.
   */
  synchronized void leave(AllocatorNames.AllocatorName user) {
    if (users.contains(user)) {
      if (users.size() == 1) {
        store.stopRetaining(); // first: it may fail
      }
      users.remove(user);
    }
  }
}
