package io.github.litealloc.netty;

import io.github.litealloc.internal.StackRoom;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The threads that are making an arena of an allocator just now: one at a time each, or a strategy
 * that allocates while it is made would go on for ever. Any thread.
 */
final class ArenaMakers {

  /** Creates an arena, which runs code of others. */
  interface NewArena {
    BufferArena create();
  }

  private final String allocatorName;
  private final Set<Thread> making = ConcurrentHashMap.newKeySet();

  /**
   * For one allocator.
   *
   * @param allocatorName for messages
   */
  ArenaMakers(String allocatorName) {
    this.allocatorName = allocatorName;
  }

  /**
   * Makes an arena.
   *
   * @throws IllegalStateException if the thread is making one
   */
  BufferArena make(NewArena arena) {
    StackRoom.require(); // for the end of this, or the thread could never make one again
    Thread thread = Thread.currentThread();
    if (!making.add(thread)) {
      throw new IllegalStateException(
          "lite-alloc '"
              + allocatorName
              + "': allocation in the middle of making the arena for it (expected: a strategy and a"
              + " memory source that do not allocate)");
    }
    try {
      return arena.create();
    } finally {
      making.remove(thread);
    }
  }
}
