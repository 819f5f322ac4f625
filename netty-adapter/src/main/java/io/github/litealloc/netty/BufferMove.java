package io.github.litealloc.netty;

import io.github.litealloc.Blocks;
import io.github.litealloc.internal.Failures;
import io.github.litealloc.internal.StackRoom;
import io.github.litealloc.netty.internal.events.BufferFigures;
import io.github.litealloc.netty.internal.events.BufferFlightEvents;
import io.netty.buffer.ByteBuf;
import io.netty.util.IllegalReferenceCountException;

/** A live buffer gets another capacity, and where that is needed, other memory. */
final class BufferMove {
  /*
   * All changes of a direct buffer's capacity pass here. There are four, and the first that can be is
   * done:
   *
   *   elsewhere already   the buffer that it has moved to changes its capacity
   *   within the arena    the owner has the arena resize or move the block; of an arena that threads
   *                       share anybody, in steps (SharedMove)
   *   within the block    it shrinks, or grows again, on a thread that does not own the arena
   *   away                it moves to a buffer that the arena's home gives: another allocator's, or one
   *                       of the arena that has replaced its own
   *
   * All but the third run code of others (exhaustion handlers, fallback allocators, memory sources,
   * strategies, whoever is told of damage), and that code may do anything: throw, give what is of no use,
   * allocate, release this very buffer. Another thread may release it, too. So there is one order:
   *
   *   1  hold the buffer      so that nobody can end it while its memory changes: HoldableByteBuf
   *   2  take the new memory  which is checked in one place, whoever gives it: GivenBuffer
   *   3  copy
   *   4  commit               from here on the buffer is in its new memory
   *   5  free the old
   *   6  let the buffer go    which ends it if it was released meanwhile, and then says so
   *
   * Whatever fails up to 3 leaves the buffer as it was and gives the new memory back. What fails from 5
   * on (a hardened arena that finds the old block damaged) is told to the caller of a buffer that is
   * whole. A buffer that is released meanwhile is finished all the same: whatever it has at 6, its life
   * ends there once.
   *
   * The hold protects block, length and memory, not the indices: they are the caller's, and code of
   * others that moves the writer index has moved it under a caller who has made room from where it was.
   *
   * Threads: that of whoever resizes the buffer, which need not be the arena's owner. The second of two
   * threads that resize one buffer at a time is refused, as is code of others that does it in between.
   */

  private BufferMove() {}

  /**
   * Gives a buffer of an arena another capacity.
   *
   * @throws IllegalReferenceCountException if the buffer is released, or was released meanwhile
   * @throws IllegalStateException if its capacity is being changed already
   */
  static void resize(LiteByteBuf buffer, BufferArena arena, int newCapacity) {
    buffer.hold(); // 1
    Throwable failure = null;
    try {
      if (buffer.needsCapacity(newCapacity)) {
        int writerIndex = buffer.writerIndex();
        resizeHeld(buffer, arena, newCapacity);
        buffer.requireNotWritten(writerIndex);
      }
    } catch (Throwable e) {
      failure = e;
    }
    boolean isCallers = true;
    try {
      isCallers = buffer.letGo(); // 6
    } catch (VirtualMachineError e) {
      // Without a call: nobody else would let it go, or end it if it was released.
      int held = buffer.hold;
      buffer.hold = HoldableByteBuf.FREE;
      if (held != HoldableByteBuf.HELD) { // as LiteByteBuf.deallocate does it
        BufferArena present = arena;
        for (ByteBuf next = buffer.substitute; next instanceof LiteByteBuf in; ) {
          present = in.arena;
          next = in.substitute;
        }
        synchronized (present.unended) {
          buffer.nextUnended = present.unended.first;
          present.unended.first = buffer;
        }
      }
      failure = failure == null ? e : failure;
    } catch (Throwable e) {
      if (failure == null) {
        failure = e;
      } else {
        HoldableByteBuf.suppress(e, failure);
      }
    }
    Failures.throwIfAny(failure);
    if (!isCallers) {
      throw new IllegalReferenceCountException(0);
    }
  }

  private static void resizeHeld(LiteByteBuf buffer, BufferArena arena, int newCapacity) {
    ByteBuf substitute = buffer.substitute();
    if (substitute != null) {
      resizeElsewhere(buffer, substitute, newCapacity);
    } else if (!isResizedByArena(buffer, arena, newCapacity)) {
      resizeWithoutArena(buffer, arena, newCapacity);
    }
  }

  private static boolean isResizedByArena(LiteByteBuf buffer, BufferArena arena, int newCapacity) {
    SharedArena shared = arena.shared();
    if (shared != null) {
      return new SharedMove(buffer, arena, shared, newCapacity).run();
    }
    return arena.isOwnedByCaller() && resizeInArena(buffer, arena, newCapacity);
  }

  private static void resizeElsewhere(LiteByteBuf buffer, ByteBuf substitute, int newCapacity) {
    StackRoom.require(); // what is another allocator's may stand still if it is left half-way
    try {
      substitute.capacity(newCapacity);
      buffer.moveTo(substitute, newCapacity);
    } catch (Throwable e) {
      buffer.memory = LiteByteBuf.NO_MEMORY; // first, and without a call: it may be another's now
      buffer.memoryAddress = 0;
      buffer.view = null;
      lookAgain(buffer, substitute, e);
      throw e;
    } finally {
      buffer.resized();
    }
  }

  /** The substitute's memory may be another one even if it has thrown. */
  private static void lookAgain(LiteByteBuf buffer, ByteBuf substitute, Throwable failure) {
    try {
      buffer.moveTo(substitute, Math.min(buffer.capacity(), substitute.capacity()));
    } catch (Throwable e) {
      failure.addSuppressed(e);
      buffer.loseBytes(substitute);
    }
  }

  /** Takes, copies and frees are the arena's; it leaves the block as it is if it cannot. */
  private static boolean resizeInArena(LiteByteBuf buffer, BufferArena arena, int newCapacity) {
    long before = buffer.block();
    BufferFigures figures = arena.figuresIfWatched(buffer); // afterwards the block may be gone
    long resized = arena.reallocate(before, buffer.blockBytes(), newCapacity);
    if (resized == Blocks.NO_BLOCK) {
      return false;
    }
    buffer.block = resized; // first, and without a call: the old one is gone
    buffer.length = newCapacity;
    buffer.blockBytes = newCapacity;
    boolean isUsable = false;
    try {
      boolean moves = Blocks.withoutSlack(resized) != Blocks.withoutSlack(before);
      if (moves) {
        BufferFlightEvents.moving(figures, newCapacity);
      }
      buffer.useBlock(arena.arena(), resized, newCapacity);
      isUsable = true;
      buffer.resized();
      if (moves) {
        BufferFlightEvents.moved(arena.figuresIfWatched(buffer));
      }
      return true;
    } finally {
      if (!isUsable) {
        // The stack has ended: no byte can be had until the next change, rather than somebody
        // else's.
        buffer.memory = LiteByteBuf.NO_MEMORY;
        buffer.memoryAddress = 0;
        buffer.view = null;
        buffer.shelf = null;
      }
    }
  }

  private static void resizeWithoutArena(LiteByteBuf buffer, BufferArena arena, int newCapacity) {
    if (newCapacity <= buffer.blockBytes()) {
      buffer.resizeWithinBlock(newCapacity);
      buffer.resized();
    } else {
      moveAway(buffer, arena, newCapacity);
    }
  }

  private static void moveAway(LiteByteBuf buffer, BufferArena arena, int newCapacity) {
    BufferFlightEvents.moving(arena.figuresIfWatched(buffer), newCapacity);
    ByteBuf larger = arena.home().memoryElsewhere(arena, newCapacity, buffer.maxCapacity()); // 2
    LiteByteBuf.Unended.LeftBlock left;
    try {
      left = new LiteByteBuf.Unended.LeftBlock(buffer.block(), buffer.blockBytes());
      larger.setBytes(0, buffer.bytes()); // 3
      buffer.moveTo(larger, newCapacity); // 4
    } catch (Throwable e) {
      giveBack(larger, e);
      throw e;
    }
    try {
      buffer.resized();
      arena.freeFromAnyThread(left.block, left.bytes); // 5
    } catch (VirtualMachineError e) {
      synchronized (arena.unended) { // as above
        left.next = arena.unended.firstLeft;
        arena.unended.firstLeft = left;
      }
      throw e;
    }
  }

  /** Releases what cannot be used after all, because of a failure. */
  static void giveBack(ByteBuf larger, Throwable failure) {
    try {
      larger.release();
    } catch (Throwable e) {
      failure.addSuppressed(e);
    }
  }
}
