package io.github.litealloc.benchmarks.jmh;

import io.github.litealloc.benchmarks.record.BufferLives;
import java.util.SplittableRandom;

/**
 * A steady state like that of a recorded thread: in each step the buffers whose life is over are
 * released, and one is allocated, of a size and with a life that some recorded buffer had. Drawn
 * from a seed, and then for ever the same {@value #LENGTH} steps. Unchangeable.
 */
final class RecordedSteps {

  /** A power of two. No buffer lives longer. */
  static final int LENGTH = 1 << 18;

  private final int[] sizes = new int[LENGTH];
  private final int[] ends;
  private final int[] ending = new int[LENGTH];
  private final double meanLive;

  /**
   * Draws.
   *
   * @param lives what to draw from, one at least
   * @param seed any number
   */
  RecordedSteps(BufferLives lives, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] endOf = new int[LENGTH];
    int[] count = new int[LENGTH + 1];
    long total = 0;
    for (int step = 0; step < LENGTH; step++) {
      int buffer = random.nextInt(lives.count());
      int life = Math.min(lives.life(buffer), LENGTH - 1);
      total += life;
      sizes[step] = lives.size(buffer);
      endOf[step] = (step + life) & (LENGTH - 1);
      count[endOf[step] + 1]++;
    }
    for (int step = 0; step < LENGTH; step++) {
      count[step + 1] += count[step];
    }
    ends = count.clone();
    for (int step = 0; step < LENGTH; step++) {
      ending[count[endOf[step]]++] = step;
    }
    meanLive = total / (double) LENGTH;
  }

  static int next(int step) {
    return (step + 1) & (LENGTH - 1);
  }

  /** Returns the bytes of the buffer that a step allocates. */
  int size(int step) {
    return sizes[step];
  }

  /** Returns where those begin that a step releases; they end where those of the next one begin. */
  int firstEnding(int step) {
    return ends[step];
  }

  /** Returns by which step one was allocated that is released. */
  int ending(int position) {
    return ending[position];
  }

  /** Returns how many buffers are live on average. */
  double meanLive() {
    return meanLive;
  }
}
