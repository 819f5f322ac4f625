package io.github.litealloc.netty;

import java.util.List;

/**
 * Where the memory of one arena is: its chunks as strips, with what lives in them. An immutable
 * snapshot that refers to no memory. {@link LiteAllocatorMetric#askForMap} asks for one.
 *
 * @param eventLoop whose arena it is, or the name of one that threads share
 * @param strategy the name of its strategy
 * @param takenMillis when it was finished, in Unix milliseconds
 * @param tookNanos for how long drawing has kept the event loop, or the lock of an arena that
 *     threads share, in nanoseconds, over all its pieces
 * @param chunks the chunks, those first that are held for the least use
 * @param chunksLeftOut how many more chunks there are
 * @param isComplete whether all blocks were looked at; else some are missing in the strips, because
 *     there are very many, or because buffers got new numbers meanwhile
 * @since 0.1.0
 */
public record ArenaMap(
    String eventLoop,
    String strategy,
    long takenMillis,
    long tookNanos,
    List<Chunk> chunks,
    int chunksLeftOut,
    boolean isComplete) {

  /** No more chunks than that are in a map. */
  public static final int MAX_CHUNKS = 64;

  /** So many cells make a strip, whatever the size of the chunk. */
  public static final int CELLS = 128;

  /**
   * Makes a map.
   *
   * @param eventLoop whose arena it is
   * @param strategy the name of its strategy
   * @param takenMillis when it was drawn
   * @param tookNanos how long that took
   * @param chunks is copied
   * @param chunksLeftOut how many more there are
   * @param isComplete whether all blocks were looked at
   */
  public ArenaMap {
    chunks = List.copyOf(chunks);
  }

  /** What a cell of a strip says. */
  public enum Cell {
    /** A live buffer, or part of one, is there; perhaps a small one. */
    LIVE('#'),
    /** Blocks that the event loop keeps for its next requests. */
    KEPT('k'),
    /** Free, and can serve a request. */
    FREE('.'),
    /** The pages are the system's again. */
    HANDED_BACK('-'),
    /** Free, but of no use before the whole chunk is empty; or a buffer on its way back. */
    DEAD('x');

    private final char symbol;

    Cell(char symbol) {
      this.symbol = symbol;
    }

    /** {@return how it is written} */
    public char symbol() {
      return symbol;
    }
  }

  /**
   * One chunk.
   *
   * @param slot its number in the arena
   * @param bytes its size
   * @param liveBytes bytes in the blocks of live buffers
   * @param keptBytes bytes in blocks that the event loop keeps
   * @param freeBytes free bytes that can serve a request
   * @param handedBackBytes bytes of the pages that are the system's again
   * @param cells its memory from the first byte to the last, as {@link #CELLS} symbols of {@link
   *     Cell}
   * @param liveBuffers how many buffers live in it
   * @param oldest the oldest of them, at most three
   */
  public record Chunk(
      int slot,
      int bytes,
      long liveBytes,
      long keptBytes,
      long freeBytes,
      long handedBackBytes,
      String cells,
      int liveBuffers,
      List<Straggler> oldest) {

    /** What it holds although nobody needs it: for how little it is there. */
    long wastedBytes() {
      return liveBytes == 0 ? 0 : bytes - handedBackBytes - liveBytes;
    }
  }

  /**
   * A live buffer.
   *
   * @param offset where it begins in its chunk
   * @param capacityBytes its capacity
   * @param ageNanos how long ago it was allocated, in nanoseconds; unless it is sampled, at most
   *     that
   * @param allocationStack where it was asked for; empty unless it is sampled
   */
  public record Straggler(
      int offset, int capacityBytes, long ageNanos, List<StackTraceElement> allocationStack) {}
}
