package io.github.litealloc.testing;

import java.nio.ByteBuffer;

/**
 * Contents that differ from block to block and from byte to byte, and can be checked later.
 *
 * @since 0.1.0
 */
public final class Patterns {

  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  private Patterns() {}

  /**
   * Writes a pattern.
   *
   * @param buffer where to; only its absolute accessors are used
   * @param offset of the first byte
   * @param bytes how many
   * @param seed decides about the contents
   */
  public static void write(ByteBuffer buffer, int offset, int bytes, long seed) {
    int whole = bytes & -Long.BYTES;
    for (int i = 0; i < whole; i += Long.BYTES) {
      buffer.putLong(offset + i, word(seed, i));
    }
    for (int i = whole; i < bytes; i++) {
      buffer.put(offset + i, tail(seed, i));
    }
  }

  /**
   * Demands a pattern, or its first part.
   *
   * @param buffer where it is; only its absolute accessors are used
   * @param offset of the first byte
   * @param bytes how many, at most as many as were written
   * @param seed what was given to {@link #write}
   * @throws AssertionError if the contents are others; the message says where
   */
  public static void verify(ByteBuffer buffer, int offset, int bytes, long seed) {
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

  /** Writes one word in every {@code stride} bytes of a pattern: enough to tell blocks apart. */
  static void writeSample(ByteBuffer buffer, int offset, int bytes, long seed, int stride) {
    for (int i = 0; i <= bytes - Long.BYTES; i += stride) {
      buffer.putLong(offset + i, word(seed, i));
    }
  }

  /** Demands what {@link #writeSample} has written, or its first part. */
  static void verifySample(ByteBuffer buffer, int offset, int bytes, long seed, int stride) {
    for (int i = 0; i <= bytes - Long.BYTES; i += stride) {
      if (buffer.getLong(offset + i) != word(seed, i)) {
        throw wrong(offset, bytes, i, buffer.getLong(offset + i), word(seed, i));
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
