package io.github.litealloc.benchmarks.demo.server;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * The bytes of bodies: a function of a seed and a position, so that whoever knows the seed can
 * check every byte.
 *
 * <p>A body is a cut from one endless repetition of random bytes. The period is prime: bytes that
 * come from another place, at a distance that is a power of two or a multiple of a block size, are
 * different bytes.
 */
public final class BodyPattern {

  static final int PERIOD = 65_521;

  /** Fixed, so that each run sends the same bytes. */
  private static final long BYTES_SEED = 0x11C4A110CL;

  /** The period twice: each cut of at most one period is contiguous. */
  private static final byte[] BYTES = bytes();

  private BodyPattern() {}

  private static byte[] bytes() {
    byte[] period = new byte[PERIOD];
    new SplittableRandom(BYTES_SEED).nextBytes(period);
    byte[] twice = new byte[2 * PERIOD];
    System.arraycopy(period, 0, twice, 0, PERIOD);
    System.arraycopy(period, 0, twice, PERIOD, PERIOD);
    return twice;
  }

  /** Appends a part of a body. */
  public static void write(ByteBuf out, long seed, int position, int length) {
    int from = position;
    int end = position + length;
    while (from < end) {
      int part = Math.min(end - from, PERIOD);
      out.writeBytes(BYTES, offset(seed, from), part);
      from += part;
    }
  }

  /** Counts the readable bytes of {@code in} that differ from the body at {@code position}. */
  public static long countWrong(ByteBuf in, long seed, int position) {
    long wrong = 0;
    int from = position;
    // Views, because paranoid leak detection notes the stack trace of each access to a ByteBuf.
    for (ByteBuffer part : in.nioBuffers()) {
      while (part.hasRemaining()) {
        int length = Math.min(part.remaining(), PERIOD);
        ByteBuffer expected = ByteBuffer.wrap(BYTES, offset(seed, from), length);
        ByteBuffer actual = part.slice().limit(length);
        if (actual.mismatch(expected) >= 0) {
          wrong += countDifferences(actual, expected);
        }
        part.position(part.position() + length);
        from += length;
      }
    }
    return wrong;
  }

  private static long countDifferences(ByteBuffer actual, ByteBuffer expected) {
    long differences = 0;
    while (actual.hasRemaining()) {
      differences += actual.get() == expected.get() ? 0 : 1;
    }
    return differences;
  }

  private static int offset(long seed, int position) {
    // Neighbouring seeds start far from each other.
    long start = Math.floorMod(seed * 0x9E3779B97F4A7C15L, (long) PERIOD);
    return (int) ((start + position) % PERIOD);
  }
}
