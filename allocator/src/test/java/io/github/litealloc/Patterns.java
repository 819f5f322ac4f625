package io.github.litealloc;

import java.nio.ByteBuffer;

/** Contents that differ from block to block and from byte to byte, and can be checked later. */
final class Patterns {

  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  private Patterns() {}

  /** Writes the pattern of {@code seed}. */
  static void write(ByteBuffer buffer, int offset, int bytes, long seed) {
    int whole = bytes & -Long.BYTES;
    for (int i = 0; i < whole; i += Long.BYTES) {
      buffer.putLong(offset + i, word(seed, i));
    }
    for (int i = whole; i < bytes; i++) {
      buffer.put(offset + i, tail(seed, i));
    }
  }

  /** Demands the pattern of {@code seed}, or as much of it as {@code bytes} shows. */
  static void verify(ByteBuffer buffer, int offset, int bytes, long seed) {
    int whole = bytes & -Long.BYTES;
    for (int i = 0; i < whole; i += Long.BYTES) {
      if (buffer.getLong(offset + i) != word(seed, i)) {
        throw wrong(offset, bytes, i, buffer.getLong(offset + i), word(seed, i));
      }
    }
    for (int i = whole; i < bytes; i++) {
      if (buffer.get(offset + i) != tail(seed, i)) {
        throw wrong(offset, bytes, i, buffer.get(offset + i), tail(seed, i));
      }
    }
  }

  private static AssertionError wrong(int offset, int bytes, int at, long actual, long expected) {
    return new AssertionError(
        "contents of the "
            + bytes
            + " bytes at offset "
            + offset
            + " are wrong at byte "
            + at
            + ": 0x"
            + Long.toHexString(actual)
            + " (expected: 0x"
            + Long.toHexString(expected)
            + ')');
  }

  private static long word(long seed, int at) {
    return (seed + at) * GOLDEN_RATIO;
  }

  /** The byte that the word around it would have there, so that a pattern can be cut anywhere. */
  private static byte tail(long seed, int at) {
    int within = at % Long.BYTES;
    return (byte) (word(seed, at - within) >>> (Long.SIZE - Byte.SIZE * (within + 1)));
  }

  /** Overwrites everything. */
  static void fill(ByteBuffer buffer, byte value) {
    long word = (value & 0xFFL) * 0x0101010101010101L;
    int i = 0;
    for (; i <= buffer.capacity() - Long.BYTES; i += Long.BYTES) {
      buffer.putLong(i, word);
    }
    for (; i < buffer.capacity(); i++) {
      buffer.put(i, value);
    }
  }
}
