package io.github.litealloc.benchmarks.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does it cost to replace a buffer among as many as an application of yours has live on a
 * thread, with its sizes and lifetimes, on an event loop? The first and last byte of each new
 * buffer are written. An operation is an allocation and a release.
 *
 * <p>{@code java -jar lite-alloc.jar jmh Recorded -p recording=app.litealloc}
 */
public class RecordedBenchmark extends CandidateBenchmark {

  /** In one invocation. See {@link ShortRound}. */
  public static final int OPERATIONS = ShortRound.OPERATIONS;

  /** Twice all steps: the second time, all is live that is to be. */
  private static final int WARM_UP = 2 * RecordedSteps.LENGTH;

  /** What the command {@code record} has written, or a part of the corpus. */
  @Param("corpus:http1-small")
  public String recording;

  /** Of the drawing. */
  @Param("1")
  public long seed;

  private TrialAllocator trial;
  private RecordedWork work;

  /** Made by JMH. */
  @SuppressWarnings("NullAway.Init") // JMH sets the fields
  public RecordedBenchmark() {}

  /** Opens the allocator and makes the live buffers. */
  @Setup
  public void open() {
    RecordedSteps steps = RecordedWork.steps(recording, seed);
    trial = TrialAllocator.open(allocator);
    work = new RecordedWork(steps, trial.allocator());
    work.go(WARM_UP);
  }

  /** Replaces buffers, one after the other. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void replace() {
    work.go(OPERATIONS);
  }

  /** Reads the memory. */
  @TearDown(Level.Iteration)
  public void sample() {
    trial.sample(1);
  }

  /** Releases everything. */
  @TearDown
  public void close() {
    work.end();
    trial.close();
  }
}
