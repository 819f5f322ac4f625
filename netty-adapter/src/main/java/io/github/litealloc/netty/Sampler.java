package io.github.litealloc.netty;

import java.util.concurrent.ThreadLocalRandom;

/** Picks the allocations of one arena that are sampled. Owner thread only. */
final class Sampler {
  /*
   * An arena counts its allocations down to the next one that it has to look at, which costs next to
   * nothing, and is the same whether it samples or not.
   *
   * The gaps between samples are random, 1 to 2N - 1: with a gap of always N, a loop that allocates
   * in a rhythm of a divisor of N would show one call site only.
   */

  /** No allocation is sampled. */
  static final int NONE = 0;

  private final int maxCountdown;
  private int everyN = NONE;
  private long left = Long.MAX_VALUE; // allocations, the next sampled one included
  private int countdown;

  /**
   * Makes a sampler that picks none.
   *
   * @param maxCountdown after how many allocations the arena wants to look anyway
   */
  Sampler(int maxCountdown) {
    this.maxCountdown = maxCountdown;
  }

  /**
   * Starts anew.
   *
   * @param everyN 1 in how many allocations is to be sampled, or {@link #NONE}
   */
  void start(int everyN) {
    this.everyN = everyN;
    left = gap();
  }

  /** With which of the coming allocations to call {@link #arrive}: 1 for the next one. */
  int countdown() {
    countdown = (int) Math.min(left, maxCountdown);
    return countdown;
  }

  /**
   * The countdown is over.
   *
   * @return 1 in how many this allocation was picked from, or {@link #NONE} if it is not sampled
   */
  int arrive() {
    left -= countdown;
    if (left > 0) {
      return NONE;
    }
    left = gap();
    return everyN;
  }

  private long gap() {
    return everyN == NONE
        ? Long.MAX_VALUE
        : 1 + ThreadLocalRandom.current().nextLong(2L * everyN - 1);
  }
}
