package io.github.litealloc.benchmarks.jmh;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does it cost, over seconds, to replace live buffers of the sizes that servers use in turn,
 * so that all live equally long, on an event loop? The first and last byte of each new buffer are
 * written. Sizes are drawn before the measurement, from one seed for all candidates. {@link
 * SliceProfiler} tells how slow the slowest moments are.
 *
 * <p>{@code java -jar lite-alloc.jar jmh InOrder -p live=1024 -prof
 * io.github.litealloc.benchmarks.jmh.SliceProfiler}
 */
public class InOrderBenchmark extends CandidateBenchmark {

  /** In one invocation. See {@link ShortRound}. */
  public static final int OPERATIONS = ShortRound.OPERATIONS;

  /**
   * Replacements before the measurement; see {@link SteadyStateBenchmark}. Counted, not timed, so
   * that all candidates have the same past.
   */
  private static final int WARM_UP = 1 << 20;

  /** A power of two, several times the largest number of live buffers. */
  private static final int SEQUENCE = 1 << 18;

  /** Of the sizes, the same for all candidates. */
  public static final long SIZE_SEED = 17;

  /** How many buffers are live. */
  @Param({"1024", "8192", "65536"})
  public int live;

  private TrialAllocator trial;
  private ByteBufAllocator alloc;
  private ByteBuf[] buffers;
  private int[] sizes;
  private int nextSize;
  private int nextSlot;

  /** Made by JMH. */
  @SuppressWarnings("NullAway.Init") // JMH sets the fields
  public InOrderBenchmark() {}

  /** Opens the allocator and makes the live buffers. */
  @Setup
  public void open() {
    trial = TrialAllocator.open(allocator);
    alloc = trial.allocator();
    sizes = NetworkSizes.sequence(SEQUENCE, SIZE_SEED);
    buffers = new ByteBuf[live];
    for (int i = 0; i < live; i++) {
      buffers[i] = newBuffer(sizes[i]);
    }
    for (int i = 0; i < WARM_UP; i++) {
      replaceNext();
    }
  }

  /** Forgets the slices of earlier iterations. */
  @Setup(Level.Iteration)
  public void beginSlices() {
    Slices.begin();
  }

  /** Replaces buffers, one after the other. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void replaceInOrder() {
    for (int i = 0; i < OPERATIONS; i++) {
      replaceNext();
    }
    Slices.count(OPERATIONS);
  }

  private void replaceNext() {
    int slot = nextSlot;
    nextSlot = slot + 1 < live ? slot + 1 : 0;
    int i = nextSize;
    nextSize = (i + 1) & (SEQUENCE - 1);
    buffers[slot].release();
    buffers[slot] = newBuffer(sizes[i]);
  }

  private ByteBuf newBuffer(int bytes) {
    ByteBuf buffer = alloc.directBuffer(bytes);
    buffer.setByte(0, bytes);
    buffer.setByte(bytes - 1, bytes);
    return buffer;
  }

  /** Reads the memory. */
  @TearDown(Level.Iteration)
  public void sample() {
    trial.sample(1);
  }

  /** Releases everything. */
  @TearDown
  public void close() {
    for (ByteBuf buffer : buffers) {
      buffer.release();
    }
    trial.close();
  }
}
