package io.github.litealloc.benchmarks.jmh;

import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
import org.openjdk.jmh.infra.Blackhole;

/**
 * What does one direct buffer cost that is released at once, on an event loop? The memory is not
 * touched.
 *
 * <p>{@code java -jar lite-alloc.jar jmh AllocateRelease -p size=1024}
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
public class AllocateReleaseBenchmark {

  /** In one invocation. See {@link ShortRound}. */
  public static final int OPERATIONS = ShortRound.OPERATIONS;

  /** The candidate. */
  @Param({
    "hybrid",
    "bump-free-list",
    "segregated-bump",
    "free-list",
    "pooled",
    "adaptive",
    "unpooled"
  })
  public String allocator;

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
