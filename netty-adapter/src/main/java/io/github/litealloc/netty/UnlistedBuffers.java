package io.github.litealloc.netty;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The {@linkplain UnlistedBuffer unlisted} buffers of one arena that are out, by their numbers.
 * Written by the owner (of a closed arena: by one thread at a time), and read by any thread.
 */
final class UnlistedBuffers {

  private static final VarHandle ELEMENT =
      MethodHandles.arrayElementVarHandle(UnlistedBuffer[].class);

  private volatile @Nullable UnlistedBuffer[] byNumber = new @Nullable UnlistedBuffer[0];

  void put(int number, UnlistedBuffer unlisted) {
    @Nullable UnlistedBuffer[] table = byNumber;
    if (number >= table.length) {
      table = Arrays.copyOf(table, Math.max(number + 1, 2 * table.length));
      table[number] = unlisted;
      byNumber = table;
    } else {
      ELEMENT.setRelease(table, number, unlisted);
    }
  }

  /** The buffer has come back. Before its object can be reused or collected. */
  void remove(int number) {
    ELEMENT.setRelease(byNumber, number, null);
  }

  /** No buffer is out: lets the table go. */
  void clear() {
    byNumber = new @Nullable UnlistedBuffer[0];
  }

  /** One more than the highest number there can be. Any thread. */
  int limit() {
    return byNumber.length;
  }

  /**
   * The unlisted buffer of a number if it is out: it is live, or was forgotten and collected. Any
   * thread.
   */
  @Nullable UnlistedBuffer out(int number) {
    UnlistedBuffer unlisted = get(number);
    if (unlisted == null) {
      return null;
    }
    LiteByteBuf buffer = unlisted.get();
    if (buffer != null) {
      return buffer.refCnt() > 0 ? unlisted : null;
    }
    // A buffer that was collected after it came back had been removed before.
    return get(number) == unlisted ? unlisted : null;
  }

  private @Nullable UnlistedBuffer get(int number) {
    @Nullable UnlistedBuffer[] table = byNumber;
    return number < table.length ? (UnlistedBuffer) ELEMENT.getAcquire(table, number) : null;
  }
}
