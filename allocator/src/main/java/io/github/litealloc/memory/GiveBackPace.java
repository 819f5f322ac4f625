package io.github.litealloc.memory;

/**
 * How many idle chunks a store gives back in one go, where nobody waits for them, and what is left
 * of what it has decided to give back. Guarded by the store's lock.
 */
final class GiveBackPace {

  /** For a store whose users can wait until all is done. */
  static final int ALL_AT_ONCE = Integer.MAX_VALUE;

  final int chunksAtOnce;
  private long restBytes;

  GiveBackPace(int chunksAtOnce) {
    this.chunksAtOnce = chunksAtOnce;
  }

  /** How much of the oldest chunks is to go: what was left, or what is wanted now if it is more. */
  long wanted(long bytes) {
    return Math.max(restBytes, bytes);
  }

  /** Notes what was wanted and is still to go, of what is idle now. */
  void left(long bytes, long idleBytes) {
    restBytes = Math.max(0, Math.min(bytes, idleBytes));
  }

  /** Nothing is to go any more. */
  void stop() {
    restBytes = 0;
  }

  boolean hasRest() {
    return restBytes > 0;
  }
}
