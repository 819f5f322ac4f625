package io.github.litealloc.benchmarks.jmh;

import io.github.litealloc.Arena;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What do the strategies cost without Netty? The three workloads are those of the crate's own
 * benchmark. An operation is one allocate with its free; the arena checks nothing.
 *
 * <p>{@code java -jar lite-alloc.jar jmh RawStrategy}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {BenchmarkJvm.MIN_HEAP, BenchmarkJvm.MAX_HEAP, BenchmarkJvm.TOUCH_HEAP})
public class RawStrategyBenchmark {

  private static final int TINY_BYTES = 8;
  private static final int FIRST = 500;
  private static final int SECOND = 200;
  private static final int STACKED = 1_000;
  private static final long SIZE_SEED = 17;

  /** How the arena finds its blocks. */
  @Param({"hybrid", "bump-free-list", "segregated-bump", "free-list"})
  public String strategy;

  private Arena arena;
  private final int[] sizes = new int[FIRST + SECOND];
  private final long[] blocks = new long[STACKED];

  /** Made by JMH. */
  @SuppressWarnings("NullAway.Init") // JMH sets the fields
  public RawStrategyBenchmark() {}

  /** Opens the arena. */
  @Setup
  public void open() {
    arena = Arena.builder().strategy(strategy).checked(false).build();
    SplittableRandom random = new SplittableRandom(SIZE_SEED);
    for (int i = 0; i < FIRST + SECOND; i++) {
      sizes[i] = random.nextInt(TINY_BYTES, (i < FIRST ? 256 : 128) + 1);
    }
  }

  /** Allocates 8 bytes and frees them. */
  @Benchmark
  public void tiny() {
    arena.free(arena.allocate(TINY_BYTES), TINY_BYTES);
  }

  /**
   * Allocates 500 blocks of 8 to 256 bytes, frees every other one, allocates 200 of 8 to 128, and
   * frees all.
   */
  @Benchmark
  @OperationsPerInvocation(FIRST + SECOND)
  public void mixed() {
    for (int i = 0; i < FIRST; i++) {
      blocks[i] = arena.allocate(sizes[i]);
    }
    for (int i = 0; i < FIRST; i += 2) {
      arena.free(blocks[i], sizes[i]);
    }
    for (int i = FIRST; i < FIRST + SECOND; i++) {
      blocks[i] = arena.allocate(sizes[i]);
    }
    for (int i = 1; i < FIRST; i += 2) {
      arena.free(blocks[i], sizes[i]);
    }
    for (int i = FIRST; i < FIRST + SECOND; i++) {
      arena.free(blocks[i], sizes[i]);
    }
  }

  /** Allocates 1,000 blocks of 8 bytes and frees the last one first. */
  @Benchmark
  @OperationsPerInvocation(STACKED)
  public void lifo() {
    for (int i = 0; i < STACKED; i++) {
      blocks[i] = arena.allocate(TINY_BYTES);
    }
    for (int i = STACKED - 1; i >= 0; i--) {
      arena.free(blocks[i], TINY_BYTES);
    }
  }

  /** Closes the arena. */
  @TearDown
  public void close() {
    arena.close();
  }
}
