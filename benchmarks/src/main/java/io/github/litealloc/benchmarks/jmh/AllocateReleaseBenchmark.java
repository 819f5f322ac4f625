package io.github.litealloc.benchmarks.jmh;

import io.netty.buffer.ByteBufAllocator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does one direct buffer cost that is released at once, on an event loop? The memory is not
 * touched.
 *
 * <p>{@code java -jar lite-alloc.jar jmh AllocateRelease -p size=1024}
 */
public class AllocateReleaseBenchmark extends CandidateBenchmark {

  /** Size of the buffer in bytes. */
  @Param({"64", "256", "1024", "4096", "8192", "16384"})
  public int size;

  private TrialAllocator trial;
  private ByteBufAllocator alloc;

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
   * Allocates and releases one buffer.
   *
   * @return whether the buffer was freed, which it was
   */
  @Benchmark
  public boolean allocateRelease() {
    return alloc.directBuffer(size).release();
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
