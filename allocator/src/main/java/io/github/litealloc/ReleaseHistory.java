package io.github.litealloc;

import org.jspecify.annotations.Nullable;

/** The latest releases of an arena, so that a report can say whose block a piece of memory was. */
final class ReleaseHistory {

  /** Enough to look back over some thousand requests, and at most some megabytes of stacks. */
  private static final int CAPACITY = 4_096;

  // A ring. Searching all of it is slow, but is done only for a report or for a new chunk.
  private final @Nullable Release[] releases = new @Nullable Release[CAPACITY];
  private int next;

  void add(Release release) {
    releases[next] = release;
    next = (next + 1) % CAPACITY;
  }

  /** The latest release of a block. */
  @Nullable Release of(long block) {
    for (int back = 1; back <= CAPACITY; back++) {
      Release release = back(back);
      if (release != null && release.block() == block) {
        return release;
      }
    }
    return null;
  }

  /** The latest release of a block that a byte of a chunk was part of. */
  @Nullable Release covering(int chunk, int offset) {
    for (int back = 1; back <= CAPACITY; back++) {
      Release release = back(back);
      if (release != null && release.covers(chunk, offset)) {
        return release;
      }
    }
    return null;
  }

  private @Nullable Release back(int back) {
    return releases[(next + CAPACITY - back) % CAPACITY];
  }

  /** Forgets the blocks of a slot, which names another chunk from now on. */
  void forget(int chunk) {
    for (int i = 0; i < CAPACITY; i++) {
      Release release = releases[i];
      if (release != null && Blocks.chunk(release.block()) == chunk) {
        releases[i] = null;
      }
    }
  }
}
