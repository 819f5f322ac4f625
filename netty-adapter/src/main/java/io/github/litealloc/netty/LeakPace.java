package io.github.litealloc.netty;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.internal.SystemPropertyUtil;
import java.util.function.LongSupplier;

/**
 * How many buffers of one arena are handed out without being shown to Netty's leak detector, so
 * that looking for leaks takes at most about one per cent of a loop's time. Owner only.
 */
final class LeakPace {
  /*
   * At its default level the detector picks 1 in 128 of the buffers that it is shown, at random, and walks the
   * stack twice for each: 1.2 to 3.6 us with 10 to 60 frames, which is 9 to 28 ns for every buffer, more than
   * all else that is done for one. For a loop that allocates some thousands a second that is nothing; for one
   * that allocates millions it is most of what allocating costs, and so many samples find no more.
   *
   * So there is a credit of time, which grows with time, and which each sample takes SAMPLE_NANOS from. While
   * there is some, every buffer is shown to the detector, as Netty does it: that is how it stays below 250,000
   * buffers a second, on the average of the last second or so. Without credit, a sample is followed by so many
   * buffers that are not shown as the loop, at its pace since the sample before, allocates until there is
   * some again. The clock is read at samples only.
   *
   * A loop that becomes slow meanwhile would be without samples for long. So each tick forgets how many there
   * are to come.
   */

  /**
   * Whether nobody has said how often buffers are to be picked, or by whom: else each is shown. An
   * interval, another detector, and any level but the default are obeyed as they are.
   */
  private static final boolean IS_BOUNDED =
      !SystemPropertyUtil.contains("io.netty.leakDetection.samplingInterval")
          && !SystemPropertyUtil.contains("io.netty.customResourceLeakDetector")
          && ResourceLeakDetectorFactory.instance().getClass().getEnclosingClass()
              == ResourceLeakDetectorFactory.class;

  /** Time for each sample: 250,000 buffers a second, of which 1 in 128 is picked. */
  private static final long SAMPLE_NANOS = 512_000;

  /** What a loop may make use of that was slow before. */
  private static final long MAX_CREDIT_NANOS = 1_000_000_000;

  /** At 30 million buffers a second there is still a sample each {@link #SAMPLE_NANOS}. */
  private static final int MAX_PASSED = 16 * 1024;

  private final LongSupplier allocations;
  private long credit = MAX_CREDIT_NANOS;
  private long sampledNanos = CoarseClock.nanos();
  private long allocationsAtSample;
  private int toPass;

  /**
   * @param allocations how many buffers the arena has handed out so far
   */
  LeakPace(LongSupplier allocations) {
    this.allocations = allocations;
  }

  /** Whether the next buffer need not be shown to the detector. */
  boolean passesNext() {
    if (!IS_BOUNDED || ResourceLeakDetector.getLevel() != Level.SIMPLE) {
      return false;
    }
    int left = toPass;
    if (left == 0) {
      return false;
    }
    toPass = left - 1;
    return true;
  }

  /** The detector has picked a buffer. Steps the coarse clock, and returns the time. */
  long sampled() {
    long nanos = CoarseClock.step();
    sampled(nanos);
    return nanos;
  }

  void sampled(long nanos) {
    long allocationsNow = allocations.getAsLong();
    long elapsed = Math.max(1, nanos - sampledNanos);
    long allocated = allocationsNow - allocationsAtSample;
    sampledNanos = nanos;
    allocationsAtSample = allocationsNow;
    credit = Math.max(Math.min(credit + elapsed, MAX_CREDIT_NANOS), 0) - SAMPLE_NANOS;
    toPass = credit >= 0 ? 0 : (int) Math.min(allocated * -credit / elapsed, MAX_PASSED);
  }

  /** Lets time pass. Steps the coarse clock, and returns the time. */
  long tick() {
    toPass = 0;
    return CoarseClock.step();
  }
}
