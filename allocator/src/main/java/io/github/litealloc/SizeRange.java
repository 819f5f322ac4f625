package io.github.litealloc;

/**
 * A range of sizes by which figures tell requests and buffers apart; the upper bound is in. They
 * are the same for all strategies, whatever sizes of blocks these have ({@link SizeClasses}).
 *
 * @since 0.1.0
 */
public enum SizeRange {
  /** Up to 64 bytes. */
  UP_TO_64(64),
  /** Up to 128 bytes. */
  UP_TO_128(128),
  /** Up to 256 bytes. */
  UP_TO_256(256),
  /** Up to 512 bytes. */
  UP_TO_512(512),
  /** Up to 1 KiB. */
  UP_TO_1024(1 << 10),
  /** Up to 2 KiB. */
  UP_TO_2048(2 << 10),
  /** Up to 4 KiB. */
  UP_TO_4096(4 << 10),
  /** Up to 8 KiB. */
  UP_TO_8192(8 << 10),
  /** Up to 16 KiB. */
  UP_TO_16384(16 << 10),
  /** Up to 32 KiB. */
  UP_TO_32768(32 << 10),
  /** Up to 64 KiB. */
  UP_TO_65536(64 << 10),
  /** Up to 256 KiB. */
  UP_TO_262144(256 << 10),
  /** Up to 1 MiB. */
  UP_TO_1048576(1 << 20),
  /** More than that. */
  LARGE(Integer.MAX_VALUE);

  private static final SizeRange[] ALL = values();

  private final int maxBytes;

  SizeRange(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** {@return the largest size, in bytes} */
  public int maxBytes() {
    return maxBytes;
  }

  /** {@return the largest size as a number, or {@code large}} */
  public String id() {
    return this == LARGE ? "large" : Integer.toString(maxBytes);
  }

  /**
   * Returns the range that a size is in.
   *
   * @param bytes the size, at least 0
   * @return the range
   */
  public static SizeRange of(int bytes) {
    for (SizeRange each : ALL) {
      if (bytes <= each.maxBytes) {
        return each;
      }
    }
    return LARGE;
  }
}
