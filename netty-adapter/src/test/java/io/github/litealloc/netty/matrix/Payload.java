package io.github.litealloc.netty.matrix;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * An endless sequence of bytes that depends on a seed. Neighbouring positions and seeds differ, so
 * that bytes of another place or of another buffer are noticed. Four bits of each byte vary, which
 * leaves something to compress.
 */
final class Payload {
  /*
   * In bulk: with paranoid leak detection every access to a buffer records a stack trace.
   */

  private static final int PIECE_BYTES = 64 * 1024;
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final long seed;

  Payload(long seed) {
    this.seed = seed;
  }

  byte byteAt(long position) {
    long word = (seed * GOLDEN + (position >>> 4) + 1) * GOLDEN;
    word = (word ^ (word >>> 29)) * GOLDEN;
    word ^= word >>> 32;
    return (byte) ('a' + (word >>> ((position & 15) << 2) & 15));
  }

  byte[] bytes(long position, int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = byteAt(position + i);
    }
    return bytes;
  }

  /** Appends the bytes from a position on. */
  ByteBuf write(ByteBuf to, long position, int count) {
    for (int done = 0; done < count; done += PIECE_BYTES) {
      to.writeBytes(bytes(position + done, Math.min(PIECE_BYTES, count - done)));
    }
    return to;
  }

  /** A new direct buffer of exactly these bytes. */
  ByteBuf buffer(ByteBufAllocator allocator, long position, int count) {
    return write(allocator.directBuffer(count), position, count);
  }

  /**
   * Checks all readable bytes, and leaves them readable.
   *
   * @return the position after them
   */
  long check(ByteBuf buffer, long position) {
    int readable = buffer.readableBytes();
    byte[] piece = new byte[Math.min(PIECE_BYTES, readable)];
    for (int done = 0; done < readable; done += PIECE_BYTES) {
      int count = Math.min(PIECE_BYTES, readable - done);
      buffer.getBytes(buffer.readerIndex() + done, piece, 0, count);
      check(piece, count, position + done);
    }
    return position + readable;
  }

  /** Checks the first bytes of an array. */
  void check(byte[] bytes, int count, long position) {
    for (int i = 0; i < count; i++) {
      byte expected = byteAt(position + i);
      if (bytes[i] != expected) {
        throw new AssertionError(
            "byte " + (position + i) + " is " + bytes[i] + " (expected: " + expected + ")");
      }
    }
  }
}
