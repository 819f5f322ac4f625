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

  private volatile @Nullable WeaklyHeldBuffer[] byNumber;

  WeaklyHeldBuffers() {
    this(new @Nullable WeaklyHeldBuffer[0]);
  }

  /** With some from the beginning. */
  WeaklyHeldBuffers(@Nullable WeaklyHeldBuffer[] byNumber) {
    this.byNumber = byNumber;
  }

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
    WeaklyHeldBuffer weaklyHeld = get(number);
    if (weaklyHeld != null) {
      weaklyHeld.cameBack(); // for who looks at an older table
      ELEMENT.setRelease(byNumber, number, null);
    }
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
    if (buffer != null && buffer.refCnt() == 0) {
      return null;
    }
    // A buffer that came back may since be in another life, or collected.
    return weaklyHeld.isBack() ? null : weaklyHeld;
  }

  /** The weakly held buffer of a number. Any thread. */
  @Nullable WeaklyHeldBuffer get(int number) {
    @Nullable WeaklyHeldBuffer[] table = byNumber;
    return number < table.length ? (WeaklyHeldBuffer) ELEMENT.getAcquire(table, number) : null;
  }
}
