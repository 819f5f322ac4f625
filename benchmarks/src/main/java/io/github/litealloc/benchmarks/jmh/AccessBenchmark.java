package io.github.litealloc.benchmarks.jmh;

import io.netty.buffer.ByteBuf;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does it cost to read and write a direct buffer of 4 KiB from its start to its end, on an
 * event loop? An operation is the whole buffer.
 *
 * <p>{@code java -jar lite-alloc.jar jmh Access -p allocator=hybrid,pooled}
 */
public class AccessBenchmark extends CandidateBenchmark {

  private static final int BYTES = 4_096;

  private final byte[] array = new byte[BYTES];
  private TrialAllocator trial;
  private ByteBuf buffer;

  /** Made by JMH. */
  @SuppressWarnings("NullAway.Init") // JMH sets the fields
  public AccessBenchmark() {}

  /** Opens the allocator and makes the buffer. */
  @Setup
  public void open() {
    trial = TrialAllocator.open(allocator);
    buffer = trial.allocator().directBuffer(BYTES).writeZero(BYTES);
  }

  /**
   * Reads byte by byte.
   *
   * @return their sum
   */
  @Benchmark
  public int getByte() {
    int sum = 0;
    for (int i = 0; i < BYTES; i++) {
      sum += buffer.getByte(i);
    }
    return sum;
  }

  /** Writes byte by byte. */
  @Benchmark
  public void setByte() {
    for (int i = 0; i < BYTES; i++) {
      buffer.setByte(i, i);
    }
  }

  /**
   * Reads eight bytes at a time.
   *
   * @return their sum
   */
  @Benchmark
  public long getLong() {
    long sum = 0;
    for (int i = 0; i < BYTES; i += Long.BYTES) {
      sum += buffer.getLong(i);
    }
    return sum;
  }

  /** Writes eight bytes at a time. */
  @Benchmark
  public void setLong() {
    for (int i = 0; i < BYTES; i += Long.BYTES) {
      buffer.setLong(i, i);
    }
  }

  /** Reads everything at once. */
  @Benchmark
  public void getBytes() {
    buffer.getBytes(0, array);
  }

  /** Writes everything at once. */
  @Benchmark
  public void setBytes() {
    buffer.setBytes(0, array);
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
