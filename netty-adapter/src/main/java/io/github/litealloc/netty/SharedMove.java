package io.github.litealloc.netty;

import io.github.litealloc.Arena;
import io.github.litealloc.Blocks;
import io.github.litealloc.Relocation;
import io.github.litealloc.netty.internal.events.BufferFigures;
import io.github.litealloc.netty.internal.events.BufferFlightEvents;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A live buffer of an arena that threads share gets another capacity there. The buffer is held
 * ({@link BufferMove}); one change.
 */
final class SharedMove {
  /*
   * The steps are those of BufferMove, two of them under the lock: another block is taken, and the old
   * one is freed. In between the contents are copied while others use the arena, and the buffer commits
   * itself: it is held, so nobody else touches its block.
   *
   * Of the two blocks the one that the buffer is not in is noted in `left`, by plain stores: whatever ends
   * the change in the middle, that one is freed by whoever comes next.
   */

  private final LiteByteBuf buffer;
  private final BufferArena arena;
  private final SharedArena shared;
  private final Relocation relocation;
  private final int newCapacity;
  private final long before;
  private final int bytesBefore;

  private final LiteByteBuf.Unended.LeftBlock left =
      new LiteByteBuf.Unended.LeftBlock(Blocks.NO_BLOCK, 0);
  private long target;
  private @Nullable ByteBuffer targetChunk;
  private long targetAddress; // of the start of that

  SharedMove(LiteByteBuf buffer, BufferArena arena, SharedArena shared, int newCapacity) {
    this.buffer = buffer;
    this.arena = arena;
    this.shared = shared;
    this.relocation = new Relocation(arena.arena());
    this.newCapacity = newCapacity;
    this.before = buffer.block();
    this.bytesBefore = buffer.blockBytes();
  }

  /** Answers {@code false} if the arena cannot do it; the buffer is as it was then. */
  boolean run() {
    BufferFigures figures = arena.figuresIfWatched(buffer); // afterwards the block may be gone
    try {
      if (!shared.whileLocked(this::begin)) {
        return false;
      }
      ByteBuffer chunk = targetChunk;
      if (chunk == null) {
        return true;
      }
      BufferFlightEvents.moving(figures, newCapacity);
      copyTo(chunk);
      commit(chunk);
      buffer.resized();
      if (!shared.whileLocked(this::finish)) {
        arena.freeFromAnyThread(before, bytesBefore);
        left.block = Blocks.NO_BLOCK;
      }
    } catch (Throwable e) {
      if (left.block != Blocks.NO_BLOCK) {
        synchronized (arena.unended) { // no call: there may be no stack for one
          left.next = arena.unended.firstLeft;
          arena.unended.firstLeft = left;
        }
      }
      throw e;
    }
    BufferFlightEvents.moved(arena.figuresIfWatched(buffer));
    return true;
  }

  /** Under the lock. */
  private boolean begin() {
    long resized = relocation.begin(before, bytesBefore, newCapacity);
    if (resized == Blocks.NO_BLOCK) {
      return false;
    }
    if (Blocks.withoutSlack(resized) == Blocks.withoutSlack(before)) {
      buffer.block = resized;
      buffer.length = newCapacity;
      buffer.blockBytes = newCapacity;
      buffer.shelf = null; // first: with another slack it must not be kept
      buffer.updateShelf();
      buffer.resized();
      return true;
    }
    left.block = resized;
    left.bytes = newCapacity;
    target = resized;
    Arena own = arena.arena();
    long address = own.address(resized);
    targetAddress = address == 0 ? 0 : address - Blocks.offset(resized); // of the chunk
    targetChunk = own.buffer(resized); // last: it says that there is one
    return true;
  }

  private void copyTo(ByteBuffer chunk) {
    assert !shared.isLockedByCaller() : "a copy under the lock";
    int copied = Math.min(bytesBefore, newCapacity);
    chunk.put(Blocks.offset(target), buffer.memory, Blocks.offset(before), copied);
  }

  private void commit(ByteBuffer chunk) {
    buffer.block = target;
    buffer.length = newCapacity;
    buffer.blockBytes = newCapacity;
    buffer.shelf = null; // until the lock is there to ask
    buffer.memory = chunk;
    buffer.memoryAddress = targetAddress;
    buffer.view = null;
    left.block = before; // from here on it is that one
    left.bytes = bytesBefore;
  }

  /** Under the lock. */
  private boolean finish() {
    relocation.finish(before, bytesBefore, Math.min(bytesBefore, newCapacity));
    left.block = Blocks.NO_BLOCK;
    buffer.updateShelf();
    return true;
  }
}
