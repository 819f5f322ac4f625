package io.github.litealloc.benchmarks.jmh;

import io.github.litealloc.benchmarks.ThreadKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Locale;
import java.util.concurrent.Phaser;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What do direct buffers cost on several threads at a time, which are event loops or not? A round
 * begins for all threads together and ends with the last of them; an operation is one buffer of
 * each thread.
 *
 * <p>{@code java -jar lite-alloc.jar jmh Threads -p kind=platform -p threads=2 -p work=cycle}
 */
public class ThreadsBenchmark extends CandidateBenchmark {

  /** Of each thread, in one invocation. See {@link ShortRound}. */
  public static final int OPERATIONS = ShortRound.OPERATIONS;

  private static final int CYCLE = 16;
  private static final int SEQUENCE = 1 << 16;

  /** Before the measurement: so many replacements that Netty's allocators have their memory. */
  private static final int WARM_UP_ROUNDS = 64;

  /** Of the sizes of the first thread in a steady state; each other thread has the next number. */
  public static final long SIZE_SEED = 11;

  /** The same, of the order in which buffers are replaced. */
  public static final long SLOT_SEED = 13;

  /**
   * What each thread does: release at once, sixteen at a time, a steady state, or a recorded one.
   */
  @Param({"release", "cycle", "steady"})
  public String work;

  /** Size of the buffers in bytes, but in a steady state. */
  @Param({"1024"})
  public int size;

  /** How many buffers of each thread are live in a steady state. */
  @Param({"1024"})
  public int live;

  /** Which of them is replaced. */
  @Param({"uniform"})
  public String lifetime;

  /** How many threads. */
  @Param({"1", "2", "8"})
  public int threads;

  /** Of which kind. */
  @Param({"platform"})
  public String kind;

  /** What the command {@code record} has written, for the work {@code recorded}. */
  @Param("")
  public String recording;

  /** Of what is drawn from a recording; each thread draws its own. */
  @Param("1")
  public long seed;

  private TrialAllocator trial;
  private ByteBufAllocator alloc;
  private Phaser begin;
  private Phaser end;
  private volatile boolean isOver;
  private volatile @Nullable Throwable failure;

  /** Made by JMH. */
  @SuppressWarnings("NullAway.Init") // JMH sets the fields
  public ThreadsBenchmark() {}

  /** Opens the allocator and starts the threads. */
  @Setup
  public void open() {
    trial = TrialAllocator.open(allocator);
    alloc = trial.allocator();
    begin = new Phaser(threads + 1);
    end = new Phaser(threads + 1);
    ThreadKind threadKind = ThreadKind.valueOf(kind.toUpperCase(Locale.ROOT));
    for (int i = 0; i < threads; i++) {
      Worker worker = worker(i);
      threadKind.start(() -> workUntilOver(worker));
    }
    for (int i = 0; i < WARM_UP_ROUNDS; i++) {
      round();
    }
  }

  private Worker worker(int number) {
    return switch (work) {
      case "release" -> new Releasing();
      case "cycle" -> new Cycling();
      case "steady" -> new Replacing(number);
      case "recorded" -> new Recorded(number);
      default -> throw new IllegalArgumentException("work: " + work);
    };
  }

  private void workUntilOver(Worker worker) {
    begin.arriveAndAwaitAdvance();
    while (!isOver) {
      try {
        worker.round();
      } catch (Throwable e) { // the others must not wait for what never comes
        failure = e;
      }
      end.arriveAndAwaitAdvance();
      begin.arriveAndAwaitAdvance();
    }
    try {
      worker.end();
    } finally {
      end.arriveAndDeregister();
    }
  }

  /** Has all threads make a round. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void round() {
    begin.arriveAndAwaitAdvance();
    end.arriveAndAwaitAdvance();
    if (failure != null) {
      throw new IllegalStateException("a thread has failed", failure);
    }
  }

  /** Reads the memory. */
  @TearDown(Level.Iteration)
  public void sample() {
    trial.sample(size);
  }

  /** Ends the threads and closes the allocator. */
  @TearDown
  public void close() {
    isOver = true;
    round();
    trial.close();
  }

  /** What one of the threads does. */
  private abstract static class Worker {
    abstract void round();

    void end() {}
  }

  private final class Releasing extends Worker {
    @Override
    void round() {
      for (int i = 0; i < OPERATIONS; i++) {
        alloc.directBuffer(size).release();
      }
    }
  }

  private final class Cycling extends Worker {
    private final ByteBuf[] cycle = new ByteBuf[CYCLE];

    @Override
    void round() {
      for (int i = 0; i < OPERATIONS; i += CYCLE) {
        for (int j = 0; j < CYCLE; j++) {
          cycle[j] = alloc.directBuffer(size);
        }
        for (int j = 0; j < CYCLE; j++) {
          cycle[j].release();
        }
      }
    }
  }

  private final class Replacing extends Worker {
    private final @Nullable ByteBuf[] buffers = new ByteBuf[live];
    private final int[] sizes;
    private final int[] slots;
    private int next;

    Replacing(int number) {
      sizes = NetworkSizes.sequence(SEQUENCE, SIZE_SEED + number);
      slots =
          Lifetimes.valueOf(lifetime.toUpperCase(Locale.ROOT))
              .sequence(SEQUENCE, live, SLOT_SEED + number);
    }

    @Override
    void round() {
      for (int i = 0; i < OPERATIONS; i++) {
        int at = next;
        next = (at + 1) & (SEQUENCE - 1);
        int slot = slots[at];
        ByteBuf old = buffers[slot];
        if (old != null) {
          buffers[slot] = null;
          old.release();
        }
        ByteBuf buffer = alloc.directBuffer(sizes[at]);
        buffer.setByte(0, at);
        buffer.setByte(sizes[at] - 1, at);
        buffers[slot] = buffer;
      }
    }

    @Override
    void end() {
      for (ByteBuf buffer : buffers) {
        if (buffer != null) {
          buffer.release();
        }
      }
    }
  }

  private final class Recorded extends Worker {
    private final RecordedWork recorded;

    Recorded(int number) {
      recorded = new RecordedWork(RecordedWork.steps(recording, seed + number), alloc);
    }

    @Override
    void round() {
      recorded.go(OPERATIONS);
    }

    @Override
    void end() {
      recorded.end();
    }
  }
}
