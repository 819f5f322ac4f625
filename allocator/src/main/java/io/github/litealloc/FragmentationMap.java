package io.github.litealloc;

import java.util.List;
import java.util.Locale;

/**
 * Where the bytes of an arena were at one moment. A snapshot that refers to no memory.
 *
 * @param chunks the arena's chunks, in the order of their slots
 * @param runs where free memory lies; up to {@link #MAX_RUNS} pieces, in no order
 * @param isComplete whether those are all
 * @since 0.1.0
 */
public record FragmentationMap(List<ChunkUse> chunks, List<Run> runs, boolean isComplete) {

  /** Of so many pieces of free memory a map says where they are; it counts all of them. */
  public static final int MAX_RUNS = 20_000;

  /**
   * Makes a map.
   *
   * @param chunks is copied
   * @param runs is copied
   * @param isComplete whether those are all
   */
  public FragmentationMap {
    chunks = List.copyOf(chunks);
    runs = List.copyOf(runs);
  }

  /**
   * A piece of free memory.
   *
   * @param chunk the slot of its chunk
   * @param offset bytes from the start of the chunk
   * @param bytes its size
   * @param isHandedBack whether its pages are the system's again; else it can serve a request
   */
  public record Run(int chunk, int offset, int bytes, boolean isHandedBack) {}

  /**
   * One chunk. What is neither used nor in a free run is dead: free, but of no use before the whole
   * chunk is empty.
   *
   * @param chunk its slot, as in the names of blocks
   * @param bytes its size
   * @param usedBytes bytes in its live and in its {@linkplain BlockCache kept} blocks
   * @param freeRuns how many pieces of free memory it has that can serve a request
   * @param freeRunBytes their sum
   * @param largestFreeRunBytes the largest of them, 0 if there is none
   * @param oldestLiveNanos the age of its oldest live block in nanoseconds, 0 if none is live;
   *     never less than the truth, and more by at most the time since the chunk was last empty
   */
  public record ChunkUse(
      int chunk,
      int bytes,
      int usedBytes,
      int freeRuns,
      int freeRunBytes,
      int largestFreeRunBytes,
      long oldestLiveNanos) {}

  /** Returns the map as a table for people, a line for each chunk; the same in every locale. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%7s %12s %12s %6s %10s %12s %12s%n",
            "chunk",
            "bytes",
            "used",
            "used %",
            "free runs",
            "largest",
            "oldest"));
    for (ChunkUse use : chunks) {
      text.append(
          String.format(
              Locale.ROOT,
              "%7d %,12d %,12d %5.1f%% %,10d %,12d %,10d ms%n",
              use.chunk(),
              use.bytes(),
              use.usedBytes(),
              100.0 * use.usedBytes() / use.bytes(),
              use.freeRuns(),
              use.largestFreeRunBytes(),
              use.oldestLiveNanos() / 1_000_000));
    }
    return text.toString();
  }
}
