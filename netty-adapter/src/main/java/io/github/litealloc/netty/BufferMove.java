package io.github.litealloc.netty;

import io.github.litealloc.Blocks;
import io.netty.buffer.ByteBuf;

/** A live buffer gets another capacity, and where that is needed, other memory. */
final class BufferMove {
  /*
   * All changes of a buffer's capacity pass here. There are four, and the first that can be is done:
   *
   *   elsewhere already   the buffer that it has moved to changes its capacity
   *   within the arena    the owner has the arena resize or move the block
   *   within the block    it shrinks, or grows again, on a thread that does not own the arena
   *   away                it moves to a buffer that the arena's home gives: another allocator's, or one
   *                       of the arena that has replaced its own
   *
   * A move away runs code of others (exhaustion handlers, fallback allocators), and that code may do
   * anything: throw, give what is of no use, allocate, release this very buffer. So there is one order:
   *
   *   1  hold the buffer      so that nobody can end it while its memory changes
   *   2  take the new memory  which is checked in one place, whoever gives it: GivenBuffer
   *   3  copy
   *   4  commit               from here on the buffer is in its new memory
   *   5  free the old
   *   6  let the buffer go
   *
   * Whatever fails up to 3 leaves the buffer as it was and gives the new memory back. What fails from 5
   * on (a hardened arena that finds the old block damaged) is told to the caller of a buffer that is
   * whole. Nothing that was read of the buffer before 2 may be used after it, unless 1 protects it.
   *
   * Threads: that of whoever resizes the buffer, which need not be the arena's owner. Two threads that
   * resize one buffer at a time are in error, as with any buffer of Netty's.
   */

  private BufferMove() {}

  /** Gives a buffer of an arena another capacity than it has. Its indices are the caller's. */
  static void resize(LiteByteBuf buffer, BufferArena arena, int newCapacity) {
    ByteBuf substitute = buffer.substitute();
    if (substitute != null) {
      substitute.capacity(newCapacity);
      buffer.moveTo(substitute, newCapacity);
    } else if (!arena.isOwnedByCaller() || !resizeInArena(buffer, arena, newCapacity)) {
      resizeWithoutArena(buffer, arena, newCapacity);
    }
  }

  /** Takes, copies and frees are the arena's; it leaves the block as it is if it cannot. */
  private static boolean resizeInArena(LiteByteBuf buffer, BufferArena arena, int newCapacity) {
    long before = buffer.block();
    long resized = arena.reallocate(before, buffer.blockBytes(), newCapacity);
    if (resized == Blocks.NO_BLOCK) {
      return false;
    }
    boolean moves = Blocks.withoutSlack(resized) != Blocks.withoutSlack(before);
    if (moves) {
      arena.moving(buffer, newCapacity);
    }
    buffer.useBlock(arena.arena(), resized, newCapacity);
    if (moves) {
      arena.moved(buffer);
    }
    return true;
  }

  private static void resizeWithoutArena(LiteByteBuf buffer, BufferArena arena, int newCapacity) {
    if (newCapacity <= buffer.blockBytes()) {
      buffer.resizeWithinBlock(newCapacity);
    } else {
      moveAway(buffer, arena, newCapacity);
    }
  }

  private static void moveAway(LiteByteBuf buffer, BufferArena arena, int newCapacity) {
    arena.moving(buffer, newCapacity);
    // 1: the hold belongs here. Nothing holds the buffer yet.
    ByteBuf larger = arena.memoryElsewhere(newCapacity, buffer.maxCapacity()); // 2
    long block = buffer.block();
    int blockBytes = buffer.blockBytes();
    try {
      larger.setBytes(0, buffer.bytes()); // 3
      buffer.moveTo(larger, newCapacity); // 4
    } catch (Throwable e) {
      larger.release();
      throw e;
    }
    arena.freeFromAnyThread(block, blockBytes); // 5
    // 6: the hold ends here.
  }
}
