package io.github.litealloc.benchmarks.jmh;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does a buffer cost that one event loop allocates and another one releases? The loops take
 * turns, {@value #OPERATIONS} buffers at a time, so that an operation is what both need for one
 * buffer, and the handing over weighs little. If the bytes did not come back, the reserved memory
 * would grow without end.
 *
 * <p>{@code java -jar lite-alloc.jar jmh RemoteRelease -p size=256}
 */
public class RemoteReleaseBenchmark extends CandidateBenchmark {

  /** In one invocation: a batch. It takes as long as other benchmarks' {@link ShortRound}. */
  public static final int OPERATIONS = 1_024;

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
