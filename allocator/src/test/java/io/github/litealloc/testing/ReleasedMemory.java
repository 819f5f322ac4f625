package io.github.litealloc.testing;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Memory that tests have given back, for the tests after them: asking the system takes longer than
 * most tests, and giving back would depend on the garbage collector. Any thread.
 */
final class ReleasedMemory {

  private static final int PAGE_BYTES = 4096;
  private static final long MAX_KEPT_BYTES = 64 << 20;

  private final Map<Integer, Deque<ByteBuffer>> kept = new HashMap<>();
  private long keptBytes;

  /** Returns memory that starts at a page, and is one page longer than asked for. */
  synchronized ByteBuffer take(int bytes) {
    Deque<ByteBuffer> reusable = kept.get(bytes);
    ByteBuffer pages = reusable == null ? null : reusable.poll();
    if (pages != null) {
      keptBytes -= bytes;
      return pages;
    }
    ByteBuffer all = ByteBuffer.allocateDirect(bytes + 2 * PAGE_BYTES);
    int toPage = (PAGE_BYTES - all.alignmentOffset(0, PAGE_BYTES)) % PAGE_BYTES;
    return all.slice(toPage, bytes + PAGE_BYTES);
  }

  /** Keeps memory that was asked for with so many bytes, unless there is enough. */
  synchronized void keep(ByteBuffer pages, int bytes) {
    if (keptBytes + bytes <= MAX_KEPT_BYTES) {
      keptBytes += bytes;
      kept.computeIfAbsent(bytes, size -> new ArrayDeque<>()).push(pages);
    }
  }
}
