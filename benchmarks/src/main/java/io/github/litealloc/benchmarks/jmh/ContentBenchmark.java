package io.github.litealloc.benchmarks.jmh;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.util.ByteProcessor;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What does it cost to write and read text, to search a byte, to compare, and to read a composite
 * buffer, 4 KiB each, as codecs do it through {@link ByteBufUtil}, on an event loop? An operation
 * is the whole buffer.
 *
 * <p>{@code java -jar lite-alloc.jar jmh Content -p allocator=hybrid,pooled}
 */
public class ContentBenchmark extends CandidateBenchmark {

  /** In one invocation. An operation goes through the whole buffer. See {@link ShortRound}. */
  public static final int OPERATIONS = 256;

  private static final int BYTES = 4_096;
  private static final int COMPONENTS = 4;
  private static final byte END = '\n';
  private static final String ASCII = "content-type: ab".repeat(BYTES / 16);

  /** A tenth of its characters takes two bytes: Western text. */
  private static final String WESTERN = "gr\u00fc\u00dfe aus f".repeat(300);

  /** As {@link AccessBenchmark#through}. */
  @Param({"plain"})
  public String through;

  private TrialAllocator trial;
  private ByteBuf buffer;
  private ByteBuf text;
  private ByteBuf sameText;
  private CompositeByteBuf composite;

  /** Made by JMH. */
  @SuppressWarnings("NullAway.Init") // JMH sets the fields
  public ContentBenchmark() {}

  /** Opens the allocator and makes the buffers. */
  @Setup
  public void open() {
    trial = TrialAllocator.open(allocator);
    // Room for what Netty thinks that UTF-8 may need.
    buffer = Through.of(through).open(trial.allocator(), ByteBufUtil.utf8MaxBytes(WESTERN));
    text = Through.of(through).open(trial.allocator(), BYTES).clear();
    text.writeCharSequence(ASCII, StandardCharsets.US_ASCII);
    text.setByte(BYTES - 1, END);
    sameText = trial.allocator().directBuffer(BYTES).writeBytes(text, 0, BYTES);
    composite = trial.allocator().compositeDirectBuffer(COMPONENTS);
    for (int i = 0; i < COMPONENTS; i++) {
      int bytes = BYTES / COMPONENTS;
      composite.addComponent(true, trial.allocator().directBuffer(bytes).writeZero(bytes));
    }
  }

  /** Writes ASCII. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void writeAscii() {
    for (int pass = 0; pass < OPERATIONS; pass++) {
      buffer.clear();
      ByteBufUtil.writeAscii(buffer, ASCII);
    }
  }

  /** Writes UTF-8. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void writeUtf8() {
    for (int pass = 0; pass < OPERATIONS; pass++) {
      buffer.clear();
      ByteBufUtil.writeUtf8(buffer, WESTERN);
    }
  }

  /**
   * Makes a string, which is the garbage that this shows.
   *
   * @param blackhole takes it
   */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void readText(Blackhole blackhole) {
    for (int pass = 0; pass < OPERATIONS; pass++) {
      blackhole.consume(text.toString(StandardCharsets.UTF_8));
    }
  }

  /**
   * Looks for a byte that is the last one.
   *
   * @param blackhole takes where it is
   */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void search(Blackhole blackhole) {
    for (int pass = 0; pass < OPERATIONS; pass++) {
      blackhole.consume(ByteBufUtil.indexOf(text, 0, BYTES, END));
    }
  }

  /**
   * Looks at each byte for one that is the last.
   *
   * @param blackhole takes where it is
   */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void forEachByte(Blackhole blackhole) {
    for (int pass = 0; pass < OPERATIONS; pass++) {
      blackhole.consume(text.forEachByte(ByteProcessor.FIND_LF));
    }
  }

  /**
   * Compares with a buffer of the same bytes.
   *
   * @param blackhole takes that they are the same
   */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void equalBytes(Blackhole blackhole) {
    for (int pass = 0; pass < OPERATIONS; pass++) {
      blackhole.consume(text.equals(sameText));
    }
  }

  /**
   * Reads a composite buffer of four parts, eight bytes at a time and every 64th byte alone.
   *
   * @param blackhole takes the sum
   */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void compositeRead(Blackhole blackhole) {
    for (int pass = 0; pass < OPERATIONS; pass++) {
      long sum = 0;
      for (int i = 0; i < BYTES; i += Long.BYTES) {
        sum += composite.getLong(i);
        if ((i & 63) == 0) {
          sum += composite.getByte(i);
        }
      }
      blackhole.consume(sum);
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
    text.release();
    sameText.release();
    composite.release();
    trial.close();
  }
}
