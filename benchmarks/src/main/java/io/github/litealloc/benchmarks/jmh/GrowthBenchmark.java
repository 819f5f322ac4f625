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
 * What does a buffer cost that grows while it is written, from 256 bytes to 1 MiB, or another size,
 * in pieces of 1 KiB, on an event loop? An operation is one such buffer with its release.
 *
 * <p>{@code java -jar lite-alloc.jar jmh Growth}
 */
public class GrowthBenchmark extends CandidateBenchmark {

  /** In one invocation. An operation is some 50 us. See {@link ShortRound}. */
  public static final int OPERATIONS = 8;

  private static final int FIRST_BYTES = 256;

  /** Up to where it grows. */
  @Param({"1048576"})
  public int lastBytes;

  private final byte[] piece = new byte[1_024];
  private TrialAllocator trial;
  private ByteBufAllocator alloc;

  /** Made by JMH. */
  @SuppressWarnings("NullAway.Init") // JMH sets the fields
  public GrowthBenchmark() {}

  /** Opens the allocator. */
  @Setup
  public void open() {
    trial = TrialAllocator.open(allocator);
    alloc = trial.allocator();
  }

  /**
   * Fills buffers and releases them, one after the other.
   *
   * @param blackhole takes whether each was freed, which it was
   */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void grow(Blackhole blackhole) {
    for (int i = 0; i < OPERATIONS; i++) {
      blackhole.consume(growOne());
    }
  }

  private boolean growOne() {
    ByteBuf buffer = alloc.directBuffer(FIRST_BYTES);
    while (buffer.writerIndex() < lastBytes) {
      buffer.writeBytes(piece);
    }
    return buffer.release();
  }

  /** Reads the memory. */
  @TearDown(Level.Iteration)
  public void sample() {
    trial.sample(FIRST_BYTES);
  }

  /** Closes the allocator. */
  @TearDown
  public void close() {
    trial.close();
  }
}
