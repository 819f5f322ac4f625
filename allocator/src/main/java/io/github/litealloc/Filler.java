package io.github.litealloc;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Fills memory with one byte value, and tells later whether it is still there. */
final class Filler {

  static final int INTACT = -1;

  private static final int PIECE_BYTES = 4 * 1024;

  private final byte value;
  private final byte[] piece = new byte[PIECE_BYTES];
  private final ByteBuffer expected = ByteBuffer.wrap(piece);

  Filler(byte value) {
    this.value = value;
    Arrays.fill(piece, value);
  }

  byte value() {
    return value;
  }

  /** Fills from one offset up to another. */
  void fill(ByteBuffer buffer, int from, int to) {
    for (int at = from; at < to; ) {
      int bytes = Math.min(to - at, PIECE_BYTES);
      buffer.put(at, piece, 0, bytes);
      at += bytes;
    }
  }

  /** Returns the first offset in a range with another value, or {@link #INTACT}. */
  int firstDifference(ByteBuffer buffer, int from, int to) {
    for (int at = from; at < to; ) {
      int bytes = Math.min(to - at, PIECE_BYTES);
      int difference = buffer.slice(at, bytes).mismatch(expected.slice(0, bytes));
      if (difference >= 0) {
        return at + difference;
      }
      at += bytes;
    }
    return INTACT;
  }
}
