package io.github.litealloc.benchmarks.jmh;

import io.github.litealloc.Arena;
import io.github.litealloc.benchmarks.Candidate;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What do the strategies cost without Netty? The three workloads are those of the crate's own
 * benchmark, see {@link CrateWorkload}. An operation is one allocate with its free; the arena
 * checks nothing.
 *
 * <p>{@code java -jar lite-alloc.jar jmh RawStrategy}
 */
public class RawStrategyBenchmark extends TimedBenchmark {

  /** Enough for the last of the compilers, and for it to have seen all strategies by then. */
  private static final int SHARED_ROUNDS = 300;

  private static final int TINY_PER_ROUND = 1_000;

  /** How the arena finds its blocks. */
  @Param({"hybrid", "bump-free-list", "segregated-bump", "free-list"})
  public String strategy;

  /**
   * What the JVM did before: {@code own} nothing, so that its compiler knows the one strategy that
   * there is; {@code shared} the same work with all of them, as in a server that uses several.
   */
  @Param({"own", "shared"})
  public String profile;

  private final CrateWorkload workload = new CrateWorkload();
  private Arena arena;

  /** Made by JMH. */
  @SuppressWarnings("NullAway.Init") // JMH sets the fields
  public RawStrategyBenchmark() {}

  /** Opens the arena. */
  @Setup
  public void open() {
    if (profile.equals("shared")) {
      useAllStrategies();
    }
    arena = RawArena.open(strategy);
  }

  private void useAllStrategies() {
    Arena[] arenas = Candidate.STRATEGIES.stream().map(RawArena::open).toArray(Arena[]::new);
    for (int round = 0; round < SHARED_ROUNDS; round++) {
      for (Arena each : arenas) {
        workload.mixed(each);
        workload.lifo(each);
        for (int i = 0; i < TINY_PER_ROUND; i++) {
          workload.tiny(each);
        }
      }
    }
    for (Arena each : arenas) {
      each.close();
    }
  }

  /** Allocates 8 bytes and frees them. */
  @Benchmark
  public void tiny() {
    workload.tiny(arena);
  }

  /**
   * Allocates 500 blocks of 8 to 255 bytes, frees every other one, allocates 200 of 8 to 127, and
   * frees all.
   */
  @Benchmark
  @OperationsPerInvocation(CrateWorkload.MIXED)
  public void mixed() {
    workload.mixed(arena);
  }

  /** Allocates 1,000 blocks of 8 bytes and frees the last one first. */
  @Benchmark
  @OperationsPerInvocation(CrateWorkload.STACKED)
  public void lifo() {
    workload.lifo(arena);
  }

  /** Closes the arena. */
  @TearDown
  public void close() {
    arena.close();
  }
}
