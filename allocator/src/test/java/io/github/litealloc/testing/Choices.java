package io.github.litealloc.testing;

import java.util.Random;

/** Where random operations take their decisions from. */
abstract class Choices {

  /** Decisions that a seed determines, without end. */
  static Choices ofSeed(long seed) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L); // or small seeds would begin alike
    return new Choices() {
      @Override
      int next(int bound) {
        return random.nextInt(bound);
      }

      @Override
      boolean hasNext() {
        return true;
      }
    };
  }

  /** Decisions that a fuzzer has written down; zeros, when it has written too few. */
  static Choices ofBytes(byte[] input) {
    return new Choices() {
      private int position;

      @Override
      int next(int bound) {
        int value = 0;
        for (int covered = 1; covered < bound && covered > 0; covered <<= Byte.SIZE) {
          value = value << Byte.SIZE | nextByte();
        }
        return Integer.remainderUnsigned(value, bound);
      }

      private int nextByte() {
        return position < input.length ? input[position++] & 0xFF : 0;
      }

      @Override
      boolean hasNext() {
        return position < input.length;
      }
    };
  }

  /** Decides between 0 and {@code bound} − 1. */
  abstract int next(int bound);

  abstract boolean hasNext();

  final boolean oneIn(int bound) {
    return next(bound) == 0;
  }
}
