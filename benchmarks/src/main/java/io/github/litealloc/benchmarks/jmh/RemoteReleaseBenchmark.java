package io.github.litealloc.benchmarks.jmh;

import io.netty.buffer.ByteBuf;
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

/**
 * What does a buffer cost that one event loop allocates and another one releases? The loops take
 * turns, {@value #OPERATIONS} buffers at a time, so that an operation is what both need for one
 * buffer, and the handing over weighs little. If the bytes did not come back, the reserved memory
 * would grow without end.
 *
 * <p>{@code java -jar lite-alloc.jar jmh RemoteRelease -p size=256}
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
public class RemoteReleaseBenchmark {

  /** In one invocation: a batch. It takes as long as other benchmarks' {@link ShortRound}. */
  public static final int OPERATIONS = 1_024;

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

  /** Size of the buffers in bytes. */
  @Param({"256", "4096"})
  public int size;

  private final ByteBuf[] buffers = new ByteBuf[OPERATIONS];
  private TrialAllocator trial;
  private ByteBufAllocator alloc;
  private EventLoopExecutor releaser;

  /** Made by JMH. */
  @SuppressWarnings("NullAway.Init") // JMH sets the fields
  public RemoteReleaseBenchmark() {}

  /** Opens the allocator and starts the other loop. */
  @Setup
  public void open() {
    trial = TrialAllocator.open(allocator);
    alloc = trial.allocator();
    releaser = new EventLoopExecutor(1, "releaser");
  }

  /** Allocates a batch and waits until the other loop has released it. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void releaseElsewhere() {
    for (int i = 0; i < OPERATIONS; i++) {
      buffers[i] = alloc.directBuffer(size);
    }
    // The end of the task makes everything that it did visible here.
    releaser.submit(this::releaseAll).awaitUninterruptibly();
  }

  private void releaseAll() {
    for (ByteBuf buffer : buffers) {
      buffer.release();
    }
  }

  /** Reads the memory. */
  @TearDown(Level.Iteration)
  public void sample() {
    trial.sample(size);
  }

  /** Ends the other loop and closes the allocator. */
  @TearDown
  public void close() {
    releaser.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    trial.close();
  }
}
