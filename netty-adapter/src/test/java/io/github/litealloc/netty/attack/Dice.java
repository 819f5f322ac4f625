package io.github.litealloc.netty.attack;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What is random about one actor, which a seed repeats, and the arrays that it compares with. For
 * one thread at a time.
 */
final class Dice {

  /** Random bytes are copied from here: to draw them anew took most of an attack's time. */
  private static final byte[] NOISE = new byte[1 << 18];

  static {
    new SplittableRandom(1).nextBytes(NOISE);
  }

  private final SplittableRandom random;
  private byte[] scratch = {};

  Dice(long seed) {
    random = new SplittableRandom(seed);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  boolean isOneIn(int count) {
    return random.nextInt(count) == 0;
  }

  long anyLong() {
    return random.nextLong();
  }

  /** Fills a part with random bytes. */
  void fill(byte[] bytes, int index, int length) {
    for (int done = 0; done < length; ) {
      int start = random.nextInt(NOISE.length);
      int piece = Math.min(length - done, NOISE.length - start);
      System.arraycopy(NOISE, start, bytes, index + done, piece);
      done += piece;
    }
  }

  /** An array to use until the next call, of at least that length. */
  byte[] scratch(int length) {
    if (scratch.length < length) {
      scratch = new byte[Math.max(length, 2 * scratch.length)];
    }
    return scratch;
  }

  /** A part of some length that fits, most often a short one. */
  int length(int most) {
    int bound = isOneIn(16) ? most : Math.min(most, 64);
    return 1 + random.nextInt(bound);
  }

  /** Random bytes in an array to use until the next call. */
  byte[] bytes(int length) {
    byte[] bytes = scratch(length);
    fill(bytes, 0, length);
    return bytes;
  }

  /** The same in an array of exactly that length. */
  byte[] exactBytes(int length) {
    return Arrays.copyOf(bytes(length), length);
  }
}
