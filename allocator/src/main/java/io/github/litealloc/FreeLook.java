package io.github.litealloc;

/**
 * What an arena's owner finds when it looks at all that is free: how much can serve a request, in
 * how many pieces, and how large the largest is. Owner thread only.
 */
final class FreeLook implements FreeRunVisitor {
  /*
   * Counting all this where blocks are freed would cost every one of them. Looking takes some 10 ns for
   * each free block, so the next look is the later the longer this one took: it never takes more than a
   * thousandth of the owner's time, if it has few blocks or millions.
   */

  private static final int SHARE_OF_TIME = 1_000;

  private final ArenaStatistics statistics;
  private long bytes;
  private long largest;
  private long blocks;
  private long nextNanos;
  private boolean hasLooked;

  FreeLook(ArenaStatistics statistics) {
    this.statistics = statistics;
  }

  /** Whether a look is worth its time. */
  private boolean isDue(long nowNanos) {
    return !hasLooked || nowNanos - nextNanos >= 0;
  }

  /**
   * Looks, if it is time to. What the strategy throws is nobody's business: nothing has changed,
   * and there is a next time.
   *
   * @param free who knows what is free
   * @param wilderness part of that
   */
  void tick(PinnedPages.FreeMemory free, Wilderness wilderness, long nowNanos) {
    if (!isDue(nowNanos)) {
      return;
    }
    long begunNanos = System.nanoTime();
    bytes = 0;
    largest = 0;
    blocks = 0;
    try {
      free.visitFreeRuns(this);
      publish(wilderness.left());
    } catch (Throwable e) {
      // As above; the rest of a tick must not depend on it.
    }
    nextNanos = nowNanos + SHARE_OF_TIME * (System.nanoTime() - begunNanos);
    hasLooked = true;
  }

  @Override
  public void freeRun(int chunk, int offset, int bytes) {
    blocks++;
    this.bytes += bytes;
    largest = Math.max(largest, bytes);
  }

  private void publish(long neverCarved) {
    statistics.bumpFree = neverCarved;
    statistics.listedFree = Math.max(0, bytes - neverCarved);
    statistics.largestFree = largest;
    statistics.freeBlocks = blocks;
  }

  /** Nothing is held, and so nothing free. */
  void clear() {
    bytes = 0;
    largest = 0;
    blocks = 0;
    publish(0);
  }
}
