package io.github.litealloc.netty;

import io.github.litealloc.Blocks;
import io.netty.buffer.ByteBuf;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Has a buffer of an exhausted arena start its life in memory that others have given, as one that
 * has moved there: so it is ours, is listed among the outstanding ones, and its bytes are counted.
 * On the arena's owner, or on any thread if the arena is shared.
 */
final class StartElsewhere {

  /** How many arenas may end under it. */
  private static final int ATTEMPTS = 10;

  private final Fallbacks fallbacks;
  private final Function<BufferArena, @Nullable BufferArena> another;

  /**
   * @param fallbacks count what others have given
   * @param another the calling thread's arena now that an arena has ended; none if it gets none
   */
  StartElsewhere(Fallbacks fallbacks, Function<BufferArena, @Nullable BufferArena> another) {
    this.fallbacks = fallbacks;
    this.another = another;
  }

  /**
   * Returns what the caller gets.
   *
   * @param given the memory, checked to be {@linkplain GivenBuffer usable}; released if this fails
   */
  ByteBuf start(BufferArena exhausted, ByteBuf given, int capacity, int maxCapacity) {
    LiteByteBuf buffer;
    try {
      if (given.alloc() == exhausted.allocator()) {
        return given; // there was room after all, for whoever gave it
      }
      buffer = takeIdle(exhausted);
    } catch (Throwable e) {
      BufferMove.giveBack(given, e);
      throw e;
    }
    ByteBuf started = buffer == null ? given : start(buffer, given, capacity, maxCapacity);
    fallbacks.countServed(FallbackReason.EXHAUSTED, capacity);
    return started;
  }

  private static LiteByteBuf start(
      LiteByteBuf buffer, ByteBuf given, int capacity, int maxCapacity) {
    BufferArena arena = buffer.arena();
    try {
      buffer.moveTo(given, capacity); // which asks it for its memory, and may end the arena
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
    } finally {
      arena.end.movedBufferEnds(); // as takeIdleOf has said; from here on it speaks for itself
    }
  }

  /** Answers {@code null} if the allocator has ended meanwhile, or the arena is the caller's. */
  private @Nullable LiteByteBuf takeIdle(BufferArena exhausted) {
    BufferArena arena = exhausted;
    for (int i = 0; arena != null && i < ATTEMPTS; i++) {
      LiteByteBuf buffer = takeIdleOf(arena);
      SharedArena shared = arena.shared();
      if (buffer != null || shared != null && shared.isLockedByCaller()) {
        return buffer; // or at work with the caller, further up the stack
      }
      arena = another.apply(arena);
    }
    return null;
  }

  /** The arena may end before the buffer has started; it must not be forgotten for that. */
  private static @Nullable LiteByteBuf takeIdleOf(BufferArena arena) {
    SharedArena shared = arena.shared();
    if (shared == null) {
      return arena.isOwnedByCaller() ? takeAndTell(arena) : null;
    }
    @Nullable LiteByteBuf[] taken = {null};
    shared.whileLocked(
        () -> {
          taken[0] = takeAndTell(arena);
          return true;
        });
    return taken[0];
  }

  private static LiteByteBuf takeAndTell(BufferArena arena) {
    LiteByteBuf buffer = arena.pool().takeIdle();
    arena.end.bufferMovesAway();
    return buffer;
  }
}
