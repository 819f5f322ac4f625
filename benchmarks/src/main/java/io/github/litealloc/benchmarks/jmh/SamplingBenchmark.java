package io.github.litealloc.benchmarks.jmh;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does sampling cost: one direct buffer that is allocated and released at once, on an event
 * loop, while 1 in so many is sampled?
 *
 * <p>{@code java -jar lite-alloc.jar jmh Sampling -p sampling=0,1000}
 */
public class SamplingBenchmark extends EventLoopBenchmark {

  private static final int SIZE = 1_024;

  /** 1 in how many buffers is sampled, 0 for none. */
  @Param({"0", "1000", "100", "1"})
  public int sampling;

  private TrialAllocator trial;
  private ByteBufAllocator alloc;

  /** Made by JMH. */
  @SuppressWarnings("NullAway.Init") // JMH sets the fields
  public SamplingBenchmark() {}

  /** Opens the allocator. */
  @Setup
  public void open() {
    trial = TrialAllocator.open("hybrid");
    alloc = trial.allocator();
    ((LiteByteBufAllocator) alloc).sampling(sampling);
  }

  /**
   * Allocates and releases one buffer.
   *
   * @return whether the buffer was freed, which it was
   */
  @Benchmark
  public boolean allocateRelease() {
    return alloc.directBuffer(SIZE).release();
  }

  /** Closes the allocator. */
  @TearDown
  public void close() {
    trial.close();
  }
}
