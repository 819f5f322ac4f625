package io.github.litealloc.benchmarks.jmh;

import java.util.SplittableRandom;

/**
 * Buffer sizes as a server's pipeline asks for them, after published traces: most HTTP/2 frames
 * have 9 to 15 bytes and 97 % at most 256, sockets are read 8 KiB at a time, responses have 208
 * bytes or 4.3 KiB, and a few bodies are larger.
 *
 * <pre>
 *   share  bytes            what
 *    36 %  9 to 15          frames: headers, settings, pings, window updates
 *    22 %  16 to 256        frames: header blocks, small data
 *     2 %  257 to 16,384    frames: data
 *    20 %  8,192            reads
 *    10 %  208              responses, small
 *     8 %  4,403            responses, middle
 *     2 %  16,384 to 65,536 bodies
 * </pre>
 */
public final class NetworkSizes {

  /** The largest size, in bytes. */
  public static final int LARGEST = 65_536;

  private static final int READ = 8_192;
  private static final int SMALL_RESPONSE = 208;
  private static final int MIDDLE_RESPONSE = 4_403;

  private NetworkSizes() {}

  /**
   * Draws a sequence; the same seed always gives the same one.
   *
   * @param length how many sizes
   * @param seed any number
   * @return sizes in bytes
   */
  public static int[] sequence(int length, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] sizes = new int[length];
    for (int i = 0; i < length; i++) {
      sizes[i] = next(random);
    }
    return sizes;
  }

  private static int next(SplittableRandom random) {
    int percent = random.nextInt(100);
    if (percent < 36) {
      return random.nextInt(9, 15 + 1);
    }
    if (percent < 58) {
      return random.nextInt(16, 256 + 1);
    }
    if (percent < 60) {
      return random.nextInt(257, 16_384 + 1);
    }
    if (percent < 80) {
      return READ;
    }
    if (percent < 90) {
      return SMALL_RESPONSE;
    }
    return percent < 98 ? MIDDLE_RESPONSE : random.nextInt(16_384, LARGEST + 1);
  }
}
