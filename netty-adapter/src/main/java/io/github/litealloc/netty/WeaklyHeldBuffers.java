package io.github.litealloc.netty;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The {@linkplain WeaklyHeldBuffer weakly held} buffers of one arena that are out, by their
 * numbers. Written by the owner (of a closed arena: by one thread at a time), and read by any
 * thread.
 */
final class WeaklyHeldBuffers {

  private static final VarHandle ELEMENT =
      MethodHandles.arrayElementVarHandle(WeaklyHeldBuffer[].class);

  private volatile @Nullable WeaklyHeldBuffer[] byNumber = new @Nullable WeaklyHeldBuffer[0];

  void put(int number, WeaklyHeldBuffer weaklyHeld) {
    @Nullable WeaklyHeldBuffer[] table = byNumber;
    if (number >= table.length) {
      table = Arrays.copyOf(table, Math.max(number + 1, 2 * table.length));
      table[number] = weaklyHeld;
      byNumber = table;
    } else {
      ELEMENT.setRelease(table, number, weaklyHeld);
    }
  }

  /** The buffer has come back. Before its object can be reused or collected. */
  void remove(int number) {
    ELEMENT.setRelease(byNumber, number, null);
  }

  /** No buffer is out: lets the table go. */
  void clear() {
    byNumber = new @Nullable WeaklyHeldBuffer[0];
  }

  /** One more than the highest number there can be. Any thread. */
  int limit() {
    return byNumber.length;
  }

  /**
   * The weakly held buffer of a number if it is out: it is live, or was forgotten and collected.
   * Any thread.
   */
  @Nullable WeaklyHeldBuffer out(int number) {
    WeaklyHeldBuffer weaklyHeld = get(number);
    if (weaklyHeld == null) {
      return null;
    }
    ByteBuf buffer = weaklyHeld.get();
    if (buffer != null) {
      return buffer.refCnt() > 0 ? weaklyHeld : null;
    }
    // A buffer that was collected after it came back had been removed before.
    return get(number) == weaklyHeld ? weaklyHeld : null;
  }

  private @Nullable WeaklyHeldBuffer get(int number) {
    @Nullable WeaklyHeldBuffer[] table = byNumber;
    return number < table.length ? (WeaklyHeldBuffer) ELEMENT.getAcquire(table, number) : null;
  }
}
