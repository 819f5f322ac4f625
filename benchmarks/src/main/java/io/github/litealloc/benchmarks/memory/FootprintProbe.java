package io.github.litealloc.benchmarks.memory;

import io.github.litealloc.Arena;
import io.github.litealloc.Blocks;
import io.github.litealloc.Chunks;
import io.github.litealloc.Strategies;
import io.github.litealloc.Strategy;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.jmh.NetworkSizes;
import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jol.info.GraphLayout;

/**
 * Weighs the heap objects of each strategy with JOL and prints one line for each measurement. A
 * program of its own, for JOL needs options that no server should have, see {@link
 * FootprintCommand}.
 */
final class FootprintProbe {

  /** Numbers of blocks from one power of two to the next: arrays that are full and half full. */
  static final List<Integer> BLOCKS = List.of(4_096, 5_000, 6_000, 7_000, 8_000);

  /** How many lines it prints. */
  static final int MEASUREMENTS = Candidate.STRATEGIES.size() * BLOCKS.size();

  private static final long SIZE_SEED = 23;
  private static final long MAX_BYTES = 1L << 30;
  private static final SharedPiece MEMORY = new SharedPiece();

  private FootprintProbe() {}

  /** Measures everything and prints it to the standard output. */
  public static void main(String[] args) {
    for (String strategy : Candidate.STRATEGIES) {
      for (int blocks : BLOCKS) {
        System.out.println(measure(strategy, blocks).line());
      }
    }
  }

  private static Footprint.Sample measure(String strategy, int blocks) {
    MEMORY.rewind();
    int[] sizes = NetworkSizes.sequence(2 * blocks, SIZE_SEED);
    long empty = new Weighed(strategy).heapBytes();
    Weighed live = new Weighed(strategy);
    live.allocate(sizes, blocks);
    long liveBytes = live.heapBytes();
    Weighed fragmented = new Weighed(strategy);
    long[] allocated = fragmented.allocate(sizes, 2 * blocks);
    for (int i = 1; i < allocated.length; i += 2) {
      fragmented.arena.free(allocated[i], sizes[i]);
    }
    return new Footprint.Sample(
        strategy, blocks, liveBytes - empty, fragmented.heapBytes() - liveBytes);
  }

  /**
   * An arena whose strategy and chunks can be weighed. The arena itself would not do: it knows its
   * thread, from which everything in the JVM can be reached.
   */
  private static final class Weighed {

    private final Capture capture;
    private final Arena arena;

    Weighed(String strategy) {
      this.capture = new Capture(Strategies.named(strategy));
      this.arena =
          Arena.builder()
              .strategy(capture)
              .checked(false)
              .store(
                  ChunkStore.builder()
                      .source(MEMORY)
                      .budget(MemoryBudget.of("probe", MAX_BYTES))
                      .build())
              .build();
    }

    long[] allocate(int[] sizes, int count) {
      long[] blocks = new long[count];
      for (int i = 0; i < count; i++) {
        blocks[i] = arena.allocate(sizes[i]);
        if (blocks[i] == Blocks.NO_BLOCK) {
          throw new IllegalStateException("no memory for block " + i + " of " + count);
        }
      }
      return blocks;
    }

    long heapBytes() {
      return GraphLayout.parseInstance(Objects.requireNonNull(capture.strategy)).totalSize();
    }
  }

  /** Remembers the strategy that it makes. */
  private static final class Capture implements StrategyFactory {

    private final StrategyFactory factory;
    private @Nullable Strategy strategy;

    Capture(StrategyFactory factory) {
      this.factory = factory;
    }

    @Override
    public String name() {
      return factory.name();
    }

    @Override
    public Strategy create(Chunks chunks) {
      Strategy created = factory.create(chunks);
      strategy = created;
      return created;
    }
  }
}
