package io.github.litealloc.benchmarks.jmh;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import java.util.Locale;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does it cost to replace one of many live buffers of the sizes that servers use, on an event
 * loop? The first and last byte of each new buffer are written. Sizes and slots are drawn before
 * the measurement, from one seed for all candidates, and repeat after {@value #SEQUENCE}
 * operations.
 *
 * <p>{@code java -jar lite-alloc.jar jmh SteadyState -p live=1024 -p lifetime=uniform}
 */
public class SteadyStateBenchmark extends CandidateBenchmark {

  /** In one invocation. See {@link ShortRound}. */
  public static final int OPERATIONS = ShortRound.OPERATIONS;

  /** A power of two, several times the largest number of live buffers. */
  static final int SEQUENCE = 1 << 18;

  /**
   * Replacements before the measurement. An allocator that keeps much memory for reuse has taken it
   * from the system by then; one of Netty's needs a million for that, and seconds, in which it is
   * ten times slower. Counted, not timed, so that all candidates have the same past.
   */
  private static final int WARM_UP = 4 * SEQUENCE;

  /** Of the sizes, the same for all candidates. */
  public static final long SIZE_SEED = 11;

  /** Of the order in which buffers are replaced. */
  public static final long SLOT_SEED = 13;

  /** How many buffers are live. */
  @Param({"1024", "8192", "65536"})
  public int live;

  /** Which buffer is replaced. */
  @Param({"uniform", "geometric"})
  public String lifetime;

  /** The most bytes of a buffer; who would get more gets so many. */
  @Param({"" + NetworkSizes.LARGEST})
  public int largest;

  /** Whether a byte in the middle is read and written before each release. */
  @Param({"false"})
  public boolean readsAndWrites;

  private TrialAllocator trial;
  private ByteBufAllocator alloc;
  private ByteBuf[] buffers;
  private int[] sizes;
  private int[] slots;
  private int next;

  /** Made by JMH. */
  @SuppressWarnings("NullAway.Init") // JMH sets the fields
  public SteadyStateBenchmark() {}

  /** Opens the allocator and makes the live buffers. */
  @Setup
  public void open() {
    trial = TrialAllocator.open(allocator);
    alloc = trial.allocator();
    sizes = NetworkSizes.sequence(SEQUENCE, SIZE_SEED);
    Arrays.setAll(sizes, i -> Math.min(sizes[i], largest));
    slots =
        Lifetimes.valueOf(lifetime.toUpperCase(Locale.ROOT)).sequence(SEQUENCE, live, SLOT_SEED);
    buffers = new ByteBuf[live];
    for (int i = 0; i < live; i++) {
      buffers[i] = newBuffer(sizes[i]);
    }
    for (int i = 0; i < WARM_UP; i++) {
      replaceNext();
    }
  }

  /** Replaces buffers, one after the other. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void replace() {
    for (int i = 0; i < OPERATIONS; i++) {
      replaceNext();
    }
  }

  private void replaceNext() {
    int i = next;
    next = (i + 1) & (SEQUENCE - 1);
    int slot = slots[i];
    ByteBuf old = buffers[slot];
    if (readsAndWrites) {
      int middle = old.capacity() / 2;
      old.setByte(middle, old.getByte(middle) + 1);
    }
    old.release();
    buffers[slot] = newBuffer(sizes[i]);
  }

  private ByteBuf newBuffer(int bytes) {
    ByteBuf buffer = alloc.directBuffer(bytes);
    buffer.setByte(0, bytes);
    buffer.setByte(bytes - 1, bytes);
    return buffer;
  }

  /** Reads the memory. */
  @TearDown(Level.Iteration)
  public void sample() {
    trial.sample(1);
  }

  /** Releases everything. */
  @TearDown
  public void close() {
    for (ByteBuf buffer : buffers) {
      buffer.release();
    }
    trial.close();
  }
}
