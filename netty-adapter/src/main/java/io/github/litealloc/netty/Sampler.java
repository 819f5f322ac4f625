package io.github.litealloc.netty;

import java.util.concurrent.ThreadLocalRandom;

/** Picks the allocations of one arena that are sampled. Owner thread only. */
final class Sampler {
  /*
   * An arena counts its allocations down to the next one that is sampled. While none are, that end is
   * never reached, and the compiler leaves out what follows it.
   *
   * The gaps between samples are random, 1 to 2N - 1: with a gap of always N, a loop that allocates
   * in a rhythm of a divisor of N would show one call site only.
   */

  /** No allocation is sampled. */
  static final int NONE = 0;

  private int everyN = NONE;

  /**
   * Starts anew.
   *
   * @param everyN 1 in how many allocations is to be sampled, or {@link #NONE}
   */
  void start(int everyN) {
    this.everyN = everyN;
  }

  /** Which of the coming allocations to sample next: 1 for the next one. */
  long countdown() {
    return everyN == NONE
        ? Long.MAX_VALUE
        : 1 + ThreadLocalRandom.current().nextLong(2L * everyN - 1);
  }

  /** 1 in how many allocations is sampled, or {@link #NONE}. */
  int everyN() {
    return everyN;
  }
}
