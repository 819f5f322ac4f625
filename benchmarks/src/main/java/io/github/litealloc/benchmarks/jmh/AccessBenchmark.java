package io.github.litealloc.benchmarks.jmh;

import io.netty.buffer.ByteBuf;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What does it cost to read and write a direct buffer of 4 KiB from its start to its end, on an
 * event loop? An operation is the whole buffer.
 *
 * <p>{@code java -jar lite-alloc.jar jmh Access -p allocator=hybrid,pooled}
 */
public class AccessBenchmark extends CandidateBenchmark {

  /** In one invocation. An operation goes through the whole buffer. See {@link ShortRound}. */
  public static final int OPERATIONS = 256;

  private static final int BYTES = 4_096;

  private static final int GROUP = 16;

  /** What stands before the memory: plain (nothing), slice, duplicate, composite, leak-aware. */
  @Param({"plain"})
  public String through;

  private final byte[] array = new byte[BYTES];
  private final byte[] small = new byte[16];
  private final byte[] middle = new byte[256];
  private TrialAllocator trial;
  private ByteBuf buffer;

  /** Made by JMH. */
  @SuppressWarnings("NullAway.Init") // JMH sets the fields
  public AccessBenchmark() {}

  /** Opens the allocator and makes the buffer. */
  @Setup
  public void open() {
    trial = TrialAllocator.open(allocator);
    buffer = Through.of(through).open(trial.allocator(), BYTES).clear().writeZero(BYTES);
  }

  /**
   * Reads byte by byte.
   *
   * @param blackhole takes the sum
   */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void getByte(Blackhole blackhole) {
    for (int pass = 0; pass < OPERATIONS; pass++) {
      int sum = 0;
      for (int i = 0; i < BYTES; i++) {
        sum += buffer.getByte(i);
      }
      blackhole.consume(sum);
    }
  }

  /** Writes byte by byte. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void setByte() {
    for (int pass = 0; pass < OPERATIONS; pass++) {
      for (int i = 0; i < BYTES; i++) {
        buffer.setByte(i, i + pass);
      }
    }
  }

  /**
   * Reads eight bytes at a time.
   *
   * @param blackhole takes the sum
   */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void getLong(Blackhole blackhole) {
    for (int pass = 0; pass < OPERATIONS; pass++) {
      long sum = 0;
      for (int i = 0; i < BYTES; i += Long.BYTES) {
        sum += buffer.getLong(i);
      }
      blackhole.consume(sum);
    }
  }

  /** Writes eight bytes at a time. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void setLong() {
    for (int pass = 0; pass < OPERATIONS; pass++) {
      for (int i = 0; i < BYTES; i += Long.BYTES) {
        buffer.setLong(i, i + pass);
      }
    }
  }

  /**
   * Writes eight bytes, reads the next eight, and the last of these once more, as codecs mix
   * widths.
   *
   * @param blackhole takes the sum
   */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void mixedWidths(Blackhole blackhole) {
    for (int pass = 0; pass < OPERATIONS; pass++) {
      long sum = 0;
      for (int i = 0; i < BYTES; i += 2 * Long.BYTES) {
        buffer.setLong(i, i + pass);
        sum += buffer.getLong(i + Long.BYTES);
        sum += buffer.getByte(i + 2 * Long.BYTES - 1);
      }
      blackhole.consume(sum);
    }
  }

  /**
   * Writes values of all widths one after the other, and reads them.
   *
   * @param blackhole takes the sum
   */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void readWrite(Blackhole blackhole) {
    for (int pass = 0; pass < OPERATIONS; pass++) {
      buffer.clear();
      for (int i = 0; i < BYTES; i += GROUP) {
        buffer.writeLong(i + pass).writeInt(i).writeShort(pass).writeByte(i).writeByte(pass);
      }
      long sum = 0;
      for (int i = 0; i < BYTES; i += GROUP) {
        sum += buffer.readLong() + buffer.readInt() + buffer.readShort();
        sum += buffer.readByte() + buffer.readByte();
      }
      blackhole.consume(sum);
    }
  }

  /**
   * Writes four bytes, and reads two in the other order.
   *
   * @param blackhole takes the sum
   */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void intAndShortLE(Blackhole blackhole) {
    for (int pass = 0; pass < OPERATIONS; pass++) {
      long sum = 0;
      for (int i = 0; i < BYTES; i += Long.BYTES) {
        buffer.setInt(i, i + pass);
        sum += buffer.getShortLE(i + Integer.BYTES);
      }
      blackhole.consume(sum);
    }
  }

  /** Writes arrays of 16 bytes, one after the other. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void writeBytes16() {
    fill(small);
  }

  /** Writes arrays of 256 bytes, one after the other. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void writeBytes256() {
    fill(middle);
  }

  /** Writes an array of 4,096 bytes. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void writeBytes4096() {
    fill(array);
  }

  private void fill(byte[] piece) {
    for (int pass = 0; pass < OPERATIONS; pass++) {
      buffer.clear();
      for (int i = 0; i < BYTES; i += piece.length) {
        buffer.writeBytes(piece);
      }
    }
  }

  /** Reads everything at once. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void getBytes() {
    for (int pass = 0; pass < OPERATIONS; pass++) {
      buffer.getBytes(0, array);
    }
  }

  /** Writes everything at once. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void setBytes() {
    for (int pass = 0; pass < OPERATIONS; pass++) {
      buffer.setBytes(0, array);
    }
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
