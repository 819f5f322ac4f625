package io.github.litealloc.netty;

import org.jspecify.annotations.Nullable;

/**
 * The idle heap buffer objects of one thread, without memory, for reuse. Owner thread only, except
 * where a method says otherwise.
 */
final class HeapBufferPool {

  /** What a loop has out at a time, as a rule: TLS records that are written soon. */
  private static final int MAX_IDLE = 64;

  private final @Nullable Thread owner;
  private @Nullable LiteHeapByteBuf[] idle = {};
  private int count;

  /**
   * @param owner {@code null} if there is none, and nothing is kept
   */
  HeapBufferPool(@Nullable Thread owner) {
    this.owner = owner;
  }

  /** Any thread. */
  boolean isCallers() {
    return Thread.currentThread() == owner;
  }

  @Nullable LiteHeapByteBuf take() {
    if (count == 0) {
      return null;
    }
    LiteHeapByteBuf buffer = idle[--count];
    idle[count] = null;
    return buffer;
  }

  void put(LiteHeapByteBuf buffer) {
    if (count == MAX_IDLE) {
      return;
    }
    if (idle.length == 0) {
      idle = new @Nullable LiteHeapByteBuf[MAX_IDLE];
    }
    idle[count++] = buffer;
  }

  void trim() {
    idle = new @Nullable LiteHeapByteBuf[0];
    count = 0;
  }
}
