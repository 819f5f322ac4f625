package io.github.litealloc;

/**
 * What an arena's owner finds when it looks at all that is free: how much can serve a request, in
 * how many pieces, and how large the largest is. Owner thread only.
 */
final class FreeLook implements FreeRunVisitor {
  /*
   * Counting all this where blocks are freed would cost every one of them. Looking takes some 10 ns for
   * each free block. So it is done in pieces, one with a tick at most: a piece keeps the owner for some
   * 200 us, however many blocks there are. And the next piece, or the next look, is the later the longer
   * this one took: it never takes more than a thousandth of the owner's time.
   *
   * Only what a whole look has found is published. What changes between its pieces may be counted as
   * before or after, or twice; the readers of the figures keep them from being more than all.
   */

  private static final int SHARE_OF_TIME = 1_000;

  /** How many blocks, or chunks without a free one, are looked at in one go. */
  static final int STEPS_OF_PIECE = 20_000;

  private final ArenaStatistics statistics;
  private final FreeWalk walk = new FreeWalk();
  private long bytes;
  private long largest;
  private long blocks;
  private long nextNanos;
  private boolean hasLooked;
  private boolean isUnderWay;

  FreeLook(ArenaStatistics statistics) {
    this.statistics = statistics;
  }

  /** Whether there has been a piece, but not the last one. */
  boolean isUnderWay() {
    return isUnderWay;
  }

  /** Whether a look, or its next piece, is worth its time. */
  private boolean isDue(long nowNanos) {
    return !hasLooked || nowNanos - nextNanos >= 0;
  }

  /**
   * Looks at the next piece, if it is time to. What the strategy throws is nobody's business:
   * nothing has changed, and there is a next time.
   *
   * @param strategy knows what is free
   * @param wilderness part of that
   */
  void tick(Strategy strategy, Wilderness wilderness, long nowNanos) {
    if (!isDue(nowNanos)) {
      return;
    }
    long begunNanos = System.nanoTime();
    if (!isUnderWay) {
      begin();
    }
    try {
      walk.nextPiece(STEPS_OF_PIECE);
      isUnderWay = !strategy.walkFree(walk, this);
      if (!isUnderWay) {
        publish(wilderness.left());
      }
    } catch (Throwable e) {
      isUnderWay = false; // as above; the rest of a tick must not depend on it
    }
    nextNanos = nowNanos + SHARE_OF_TIME * (System.nanoTime() - begunNanos);
    hasLooked = true;
  }

  private void begin() {
    walk.restart();
    bytes = 0;
    largest = 0;
    blocks = 0;
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
    isUnderWay = false;
    begin();
    publish(0);
  }
}
