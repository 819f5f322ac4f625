package io.github.litealloc.benchmarks.jmh;

import io.github.litealloc.Arena;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What do the strategies cost when memory is in pieces? Free blocks of 64 to 4,096 bytes, drawn
 * evenly, lie between live ones that keep them from merging. An operation frees the oldest of a few
 * further blocks and allocates another one, of 1,024 to 3,072 bytes, which fits into many of the
 * pieces and not into as many others. The arena checks nothing; the memory is not touched.
 *
 * <p>{@code java -jar lite-alloc.jar jmh Fragments -p strategy=free-list}
 */
public class FragmentsBenchmark extends TimedBenchmark {

  private static final int SMALLEST_PIECE = 64;
  private static final int LARGEST_PIECE = 4_096;
  private static final int SMALLEST_REQUEST = 1_024;
  private static final int LARGEST_REQUEST = 3_072;
  private static final int SEPARATOR = 16;

  /** So that a free is not followed by a request that gets the same block. A power of two. */
  private static final int LIVE = 16;

  /** A power of two. */
  private static final int SEQUENCE = 1 << 14;

  private static final long SEED = 19;

  /** How the arena finds its blocks. */
  @Param({"free-list", "bump-free-list", "hybrid", "segregated-bump"})
  public String strategy;

  /** How many pieces are free. */
  @Param({"100", "1000", "10000"})
  public int fragments;

  private final int[] sizes = new int[SEQUENCE];
  private final long[] blocks = new long[LIVE];
  private Arena arena;
  private int next;

  /** Made by JMH. */
  @SuppressWarnings("NullAway.Init") // JMH sets the fields
  public FragmentsBenchmark() {}

  /** Opens the arena and leaves it in pieces. */
  @Setup
  public void open() {
    SplittableRandom random = new SplittableRandom(SEED);
    arena = RawArena.open(strategy);
    fragment(random);
    for (int i = 0; i < SEQUENCE; i++) {
      sizes[i] = random.nextInt(SMALLEST_REQUEST, LARGEST_REQUEST + 1);
    }
    for (int i = 0; i < LIVE; i++) {
      blocks[i] = arena.allocate(sizes[i]);
    }
    next = LIVE;
  }

  private void fragment(SplittableRandom random) {
    int[] pieceSizes = new int[fragments];
    long[] pieces = new long[fragments];
    for (int i = 0; i < fragments; i++) {
      pieceSizes[i] = random.nextInt(SMALLEST_PIECE, LARGEST_PIECE + 1);
      pieces[i] = arena.allocate(pieceSizes[i]);
      arena.allocate(SEPARATOR);
    }
    for (int i = 0; i < fragments; i++) {
      arena.free(pieces[i], pieceSizes[i]);
    }
  }

  /** Replaces the oldest block. */
  @Benchmark
  public void replace() {
    int i = next;
    next = i + 1;
    int slot = i & (LIVE - 1);
    arena.free(blocks[slot], sizes[(i - LIVE) & (SEQUENCE - 1)]);
    blocks[slot] = arena.allocate(sizes[i & (SEQUENCE - 1)]);
  }

  /** Closes the arena; its separators go with it. */
  @TearDown
  public void close() {
    arena.close();
  }
}
