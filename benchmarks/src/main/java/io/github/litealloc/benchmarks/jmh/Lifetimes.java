package io.github.litealloc.benchmarks.jmh;

import java.util.SplittableRandom;

/** Which of the live buffers is replaced next. */
enum Lifetimes {
  /** Each is as likely as any other. */
  UNIFORM {
    @Override
    int next(SplittableRandom random, int live) {
      return random.nextInt(live);
    }
  },

  /**
   * The first slots are replaced often and the last hardly ever, with a probability that falls by a
   * constant factor from slot to slot: many buffers that die young, and stragglers that pin the
   * memory around them.
   */
  GEOMETRIC {
    @Override
    int next(SplittableRandom random, int live) {
      double mean = (double) live / SLOTS_PER_MEAN;
      int slot;
      do {
        slot = (int) (-mean * Math.log(1 - random.nextDouble()));
      } while (slot >= live);
      return slot;
    }
  };

  /** The last slot is e^8 times, about 3,000 times, less likely than the first. */
  private static final int SLOTS_PER_MEAN = 8;

  abstract int next(SplittableRandom random, int live);

  /** Draws a sequence of slots; the same seed always gives the same one. */
  int[] sequence(int length, int live, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] slots = new int[length];
    for (int i = 0; i < length; i++) {
      slots[i] = next(random, live);
    }
    return slots;
  }
}
