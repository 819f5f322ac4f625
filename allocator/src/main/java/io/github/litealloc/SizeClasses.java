package io.github.litealloc;

import java.util.Arrays;

/**
 * The block sizes that a segregated strategy rounds requests up to, and a table that finds the
 * class of a request in one step. Immutable.
 *
 * @since 0.1.0
 */
public final class SizeClasses {

  private static final int GRANULE_SHIFT = Integer.numberOfTrailingZeros(Blocks.GRANULE_BYTES);
  private static final int MAX_CLASSES = 128;
  private static final int MAX_CLASS_BYTES = 1 << 20;

  /** The crate's four classes: 16, 32, 64 and 128 bytes. */
  public static final SizeClasses CRATE = of(16, 32, 64, 128);

  /**
   * Classes for what Netty asks for: every 16 bytes up to 128, then four steps per doubling up to
   * 32 KiB, and powers of two plus a header (4,352, 8,704 and 16,896 bytes) for a full frame or TLS
   * record and what surrounds it.
   */
  public static final SizeClasses NETWORK = network();

  private final int[] bytes;
  private final byte[] classOfGranules;
  private final int[] shortcutSizes;

  private SizeClasses(int[] bytes) {
    this.bytes = bytes;
    int largest = bytes[bytes.length - 1];
    this.classOfGranules = new byte[largest / Blocks.GRANULE_BYTES + 1];
    int sizeClass = 0;
    for (int granules = 0; granules < classOfGranules.length; granules++) {
      if (granules * Blocks.GRANULE_BYTES > bytes[sizeClass]) {
        sizeClass++;
      }
      classOfGranules[granules] = (byte) sizeClass;
    }
    this.shortcutSizes =
        new int[Math.min(largest, Wilderness.MAX_CARVED_BYTES) / Blocks.GRANULE_BYTES];
    for (int i = 0; i < shortcutSizes.length; i++) {
      shortcutSizes[i] = bytes[classOfGranules[i + 1]];
    }
  }

  /**
   * Makes a set of size classes.
   *
   * @param bytes 1 to 128 block sizes in ascending order, each a multiple of 16 from 16 to 1 MiB
   * @return the classes
   * @throws IllegalArgumentException if a size is out of range, no multiple of 16, or not ascending
   */
  public static SizeClasses of(int... bytes) {
    if (bytes.length == 0 || bytes.length > MAX_CLASSES) {
      throw new IllegalArgumentException(
          "bytes: " + bytes.length + " size classes (expected: 1 to " + MAX_CLASSES + ')');
    }
    int previous = 0;
    for (int size : bytes) {
      if (size <= previous || size % Blocks.GRANULE_BYTES != 0 || size > MAX_CLASS_BYTES) {
        throw new IllegalArgumentException(
            "bytes: "
                + size
                + " after "
                + previous
                + " (expected: ascending multiples of "
                + Blocks.GRANULE_BYTES
                + " up to "
                + MAX_CLASS_BYTES
                + ')');
      }
      previous = size;
    }
    return new SizeClasses(bytes.clone());
  }

  private static SizeClasses network() {
    int[] sizes = new int[64];
    int count = 0;
    for (int size = 16; size <= 128; size += 16) {
      sizes[count++] = size;
    }
    for (int power = 128; power < 32 * 1024; power *= 2) {
      for (int step = 1; step <= 4; step++) {
        sizes[count++] = power + step * power / 4;
      }
    }
    for (int power = 4096; power <= 16 * 1024; power *= 2) {
      int header = power == 4096 ? 256 : 512;
      sizes[count++] = power + header;
    }
    int[] sorted = Arrays.copyOf(sizes, count);
    Arrays.sort(sorted);
    return of(sorted);
  }

  /** {@return how many classes there are} */
  public int count() {
    return bytes.length;
  }

  /**
   * Returns the block size of a class.
   *
   * @param sizeClass 0 to {@link #count()} − 1
   * @return bytes
   */
  public int bytes(int sizeClass) {
    return bytes[sizeClass];
  }

  /** {@return the largest request that has a class, in bytes} */
  public int maxBytes() {
    return bytes[bytes.length - 1];
  }

  /** The sizes of the blocks that a wilderness may carve; not to be written to. */
  int[] shortcutSizes() {
    return shortcutSizes;
  }

  /**
   * Returns the class of a request: the smallest one that holds it.
   *
   * @param requestedBytes 0 to {@link #maxBytes()}
   * @return the class
   */
  public int classOf(int requestedBytes) {
    return classOfGranules[(requestedBytes + Blocks.GRANULE_BYTES - 1) >>> GRANULE_SHIFT];
  }

  @Override
  public String toString() {
    return "SizeClasses" + Arrays.toString(bytes);
  }
}
