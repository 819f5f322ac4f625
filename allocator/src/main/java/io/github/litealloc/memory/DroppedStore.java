package io.github.litealloc.memory;

import java.lang.ref.WeakReference;
import java.util.function.LongConsumer;

/**
 * The empty chunks of a store that nobody can reach any more, and so no arena either that takes
 * chunks from it. Nobody uses them: they go back.
 */
final class DroppedStore extends Dropped<Object> {

  private final IdleChunks idle;

  /** The budget's. Weak: its listeners may know whoever knows the store. */
  private final WeakReference<LongConsumer> credit;

  DroppedStore(Object store, IdleChunks idle, LongConsumer credit) {
    super(store);
    this.idle = idle;
    this.credit = new WeakReference<>(credit);
  }

  @Override
  boolean finish() {
    for (int i = 0; i < MOST_AT_ONCE; i++) {
      Chunk chunk = idle.oldest();
      if (chunk == null) {
        return true;
      }
      idle.remove(chunk);
      if (chunk.release()) {
        LongConsumer charged = credit.get();
        if (charged != null) {
          charged.accept(chunk.bytes);
        }
      } // else it is the system's fault, and nobody is left to try again
    }
    return idle.isEmpty();
  }
}
