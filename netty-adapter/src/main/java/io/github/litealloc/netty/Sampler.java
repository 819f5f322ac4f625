package io.github.litealloc.netty;

import java.util.concurrent.ThreadLocalRandom;

/** Picks the allocations of one arena that are sampled. Owner thread only. */
final class Sampler {
  /*
   * An arena counts its allocations down to the next one that is sampled, but only while some are:
   * its fast path, which does not count, finds nothing as long as they are.
   *
   * The gaps between samples are random, 1 to 2N - 1: with a gap of always N, a loop that allocates
   * in a rhythm of a divisor of N would show one call site only.
   */

  /** No allocation is sampled. */
  static final int NONE = 0;

  private int everyN = NONE;
  private long allocationsLeft; // up to the one that is sampled

  /**
   * Starts anew, if it is asked for another rate.
   *
   * @param everyN 1 in how many allocations is to be sampled, or {@link #NONE}
   */
  void everyN(int everyN) {
    if (everyN != this.everyN) {
      this.everyN = everyN;
      startCountdown();
    }
  }

  /** 1 in how many allocations is sampled, or {@link #NONE}. */
  int everyN() {
    return everyN;
  }

  boolean isOn() {
    return everyN != NONE;
  }

  /** Counts an allocation; returns whether it is one to sample. */
  boolean count() {
    if (!isOn() || --allocationsLeft > 0) {
      return false;
    }
    startCountdown();
    return true;
  }

  private void startCountdown() {
    allocationsLeft = isOn() ? 1 + ThreadLocalRandom.current().nextLong(2L * everyN - 1) : 0;
  }
}
