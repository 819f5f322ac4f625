package io.github.litealloc.benchmarks.jmh;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does sampling cost: one direct buffer that is allocated and released at once, on an event
 * loop, while 1 in so many is sampled?
 *
 * <p>{@code java -jar lite-alloc.jar jmh Sampling -p sampling=0,1000}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {
      BenchmarkJvm.MIN_HEAP,
      BenchmarkJvm.MAX_HEAP,
      BenchmarkJvm.TOUCH_HEAP,
      BenchmarkJvm.CUSTOM_EXECUTOR,
      BenchmarkJvm.EVENT_LOOPS
    })
public class SamplingBenchmark {

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
