package io.github.litealloc;

import io.github.litealloc.internal.Queues;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Freed blocks that must not be reused yet, bounded, first in, first out. */
final class Quarantine {

  private final int maxBlocks;
  private final long maxBytes;
  private final Deque<Release> waiting = Queues.unforgetting();
  private long bytes;

  Quarantine(int maxBlocks, long maxBytes) {
    this.maxBlocks = maxBlocks;
    this.maxBytes = maxBytes;
  }

  /** Whether a block of that size may enter; what it exceeds is taken by {@link #pollExcess}. */
  boolean admits(int size) {
    return maxBlocks > 0 && size <= maxBytes;
  }

  void add(Release release) {
    waiting.addLast(release);
    bytes += release.size();
  }

  /** Takes out the first block, if the quarantine exceeds its bounds. */
  @Nullable Release pollExcess() {
    return waiting.size() > maxBlocks || bytes > maxBytes ? poll() : null;
  }

  /** Takes out the first block. */
  @Nullable Release poll() {
    Release first = waiting.pollFirst();
    if (first != null) {
      bytes -= first.size();
    }
    return first;
  }

  Iterable<Release> waiting() {
    return waiting;
  }

  void clear() {
    waiting.clear();
    bytes = 0;
  }
}
