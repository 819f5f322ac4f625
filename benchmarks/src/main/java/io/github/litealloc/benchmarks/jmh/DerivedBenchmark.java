package io.github.litealloc.benchmarks.jmh;

import io.netty.buffer.ByteBuf;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What does a derived buffer cost that is released at once, on an event loop? The buffer that it is
 * derived from has 1 KiB and stays live.
 *
 * <p>{@code java -jar lite-alloc.jar jmh Derived}
 */
public class DerivedBenchmark extends CandidateBenchmark {

  /** In one invocation. See {@link ShortRound}. */
  public static final int OPERATIONS = ShortRound.OPERATIONS;

  private static final int BYTES = 1_024;
  private static final int SLICE_INDEX = 16;
  private static final int SLICE_BYTES = 512;

  private TrialAllocator trial;
  private ByteBuf buffer;

  /** Made by JMH. */
  @SuppressWarnings("NullAway.Init") // JMH sets the fields
  public DerivedBenchmark() {}

  /** Opens the allocator and makes the buffer. */
  @Setup
  public void open() {
    trial = TrialAllocator.open(allocator);
    buffer = trial.allocator().directBuffer(BYTES).writeZero(BYTES);
  }

  /**
   * Makes a slice and releases it, again and again.
   *
   * @param blackhole takes whether the memory was freed, which it was not
   */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void retainedSlice(Blackhole blackhole) {
    for (int i = 0; i < OPERATIONS; i++) {
      blackhole.consume(buffer.retainedSlice(SLICE_INDEX, SLICE_BYTES).release());
    }
  }

  /**
   * Makes a duplicate and releases it, again and again.
   *
   * @param blackhole takes whether the memory was freed, which it was not
   */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void retainedDuplicate(Blackhole blackhole) {
    for (int i = 0; i < OPERATIONS; i++) {
      blackhole.consume(buffer.retainedDuplicate().release());
    }
  }

  /** Reads the memory. */
  @TearDown(Level.Iteration)
  public void sample() {
    trial.sample(BYTES);
  }

  /** Releases everything. */
  @TearDown
  public void close() {
    buffer.release();
    trial.close();
  }
}
