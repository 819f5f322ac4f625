package io.github.litealloc.netty;

import io.github.litealloc.Blocks;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Has a buffer of an exhausted arena start its life in memory that others have given, as one that
 * has moved there: so it is ours, is listed among the outstanding ones, and its bytes are counted.
 * On the arena's owner, or on any thread if the arena is shared.
 */
final class StartElsewhere {

  private StartElsewhere() {}

  /**
   * Returns what the caller gets.
   *
   * @param given the memory, checked to be {@linkplain GivenBuffer usable}; released if this fails
   */
  static ByteBuf start(BufferArena arena, ByteBuf given, int capacity, int maxCapacity) {
    LiteByteBuf buffer;
    try {
      if (given.alloc() == arena.allocator()) {
        return given; // there was room after all, for whoever gave it
      }
      buffer = takeIdle(arena);
    } catch (Throwable e) {
      BufferMove.giveBack(given, e);
      throw e;
    }
    if (buffer == null) {
      return given; // the arena has ended meanwhile, or is at work with the caller
    }
    try {
      buffer.moveTo(given, capacity);
      buffer.start(maxCapacity, CoarseClock.nanos());
      return buffer;
    } catch (Throwable e) {
      boolean isMoved = buffer.substitute != null;
      if (!isMoved) {
        buffer.block = Blocks.NO_BLOCK;
      }
      synchronized (arena.unended) { // no call: there may be no stack for one
        buffer.nextUnended = arena.unended.first;
        arena.unended.first = buffer;
      }
      if (!isMoved) {
        BufferMove.giveBack(given, e);
      }
      throw e;
    }
  }

  private static @Nullable LiteByteBuf takeIdle(BufferArena arena) {
    SharedArena shared = arena.shared();
    if (shared == null) {
      return arena.isOwnedByCaller() ? arena.pool().takeIdle() : null;
    }
    @Nullable LiteByteBuf[] taken = {null};
    shared.whileLocked(
        () -> {
          taken[0] = arena.pool().takeIdle();
          return true;
        });
    return taken[0];
  }
}
