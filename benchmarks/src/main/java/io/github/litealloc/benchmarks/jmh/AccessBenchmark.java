package io.github.litealloc.benchmarks.jmh;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * What does it cost to read and write a direct buffer of 4 KiB from its start to its end, on an
 * event loop? An operation is the whole buffer.
 *
 * <p>{@code java -jar lite-alloc.jar jmh Access -p allocator=hybrid,pooled}
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
public class AccessBenchmark {

  private static final int BYTES = 4_096;

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
