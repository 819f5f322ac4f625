package io.github.litealloc.benchmarks.jmh;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What does one direct buffer cost that is released at once, or after fifteen others, on an event
 * loop? The memory is not touched.
 *
 * <p>{@code java -jar lite-alloc.jar jmh AllocateRelease -p size=1024}
 */
public class AllocateReleaseBenchmark extends CandidateBenchmark {

  /** In one invocation. See {@link ShortRound}. */
  public static final int OPERATIONS = ShortRound.OPERATIONS;

  /** How many buffers of a cycle are live together. */
  private static final int CYCLE = 16;

  /** Size of the buffer in bytes. */
  @Param({"64", "256", "1024", "4096", "8192", "16384"})
  public int size;

  private TrialAllocator trial;
  private ByteBufAllocator alloc;
  private final ByteBuf[] live = new ByteBuf[CYCLE];

  /** Made by JMH. */
  @SuppressWarnings("NullAway.Init") // JMH sets the fields
  public AllocateReleaseBenchmark() {}

  /** Opens the allocator. */
  @Setup
  public void open() {
    trial = TrialAllocator.open(allocator);
    alloc = trial.allocator();
  }

  /**
   * Allocates and releases buffers, one after the other.
   *
   * @param blackhole takes whether each was freed, which it was
   */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void allocateRelease(Blackhole blackhole) {
    for (int i = 0; i < OPERATIONS; i++) {
      blackhole.consume(alloc.directBuffer(size).release());
    }
  }

  /**
   * Allocates sixteen buffers and releases them, the first one first, again and again.
   *
   * @param blackhole takes whether each was freed, which it was
   */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void cycle(Blackhole blackhole) {
    for (int i = 0; i < OPERATIONS; i += CYCLE) {
      for (int j = 0; j < CYCLE; j++) {
        live[j] = alloc.directBuffer(size);
      }
      for (int j = 0; j < CYCLE; j++) {
        blackhole.consume(live[j].release());
      }
    }
  }

  /** Reads the memory. */
  @TearDown(Level.Iteration)
  public void sample() {
    trial.sample(size);
  }

  /** Closes the allocator. */
  @TearDown
  public void close() {
    trial.close();
  }
}
