package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.record.Traffic;
import java.util.Arrays;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** What a history would have been with another number of event loops. */
final class Scaled {

  /** What becomes of the load when there are more loops. */
  enum Load {
    /** The same requests, spread over them. */
    SAME,
    /** Each loop has what a recorded loop had. */
    GROWS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** About what a loop does at a time: the buffers of a request begin together. */
  private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** By so much at most one copy of a history begins later than another. */
  private static final long SHIFT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** Two large odd numbers, which make neighbours differ. */
  private static final long MIX_THREAD = 0x9E3779B97F4A7C15L;

  private static final long MIX_BURST = 0xC2B2AE3D27D4EB4FL;
  private static final int NO_BUFFER = -1;

  private final Traffic traffic;
  private final int loops;
  private final long seed;
  private final int[] loopOf;
  private final int recordedLoops;

  private Scaled(Traffic traffic, int loops, long seed) {
    this.traffic = traffic;
    this.loops = loops;
    this.seed = seed;
    this.loopOf = new int[traffic.threads()];
    int count = 0;
    for (int thread = 0; thread < loopOf.length; thread++) {
      loopOf[thread] = traffic.isLoop(thread) ? count++ : -1;
    }
    this.recordedLoops = count;
  }

  /**
   * Scales.
   *
   * @param traffic with one event loop at least
   * @param load what becomes of it
   * @param loops how many loops there are to be
   * @param seed of what chance decides
   * @return a history with so many loops, and one more thread for all that are no loops
   */
  static Traffic of(Traffic traffic, Load load, int loops, long seed) {
    Scaled scaled = new Scaled(traffic, loops, seed);
    if (scaled.recordedLoops == 0) {
      throw new IllegalArgumentException("traffic without event loops");
    }
    return load == Load.SAME ? scaled.spread() : scaled.grown();
  }

  /** Returns how many times the recorded load that is. */
  static double timesTheLoad(Traffic traffic, Load load, int loops) {
    return load == Load.SAME ? 1 : loops / (double) new Scaled(traffic, loops, 0).recordedLoops;
  }

  private Traffic spread() {
    Traffic.Builder builder = new Traffic.Builder();
    int[] owners = new int[traffic.buffers()];
    int[] homes = new int[traffic.buffers()];
    for (int event = 0; event < traffic.events(); event++) {
      int buffer = traffic.buffer(event);
      int thread = traffic.thread(event);
      long nanos = traffic.nanos(event);
      int somewhere = loopOf[thread] < 0 ? loops : burst(thread, nanos);
      if (traffic.kind(event) == Traffic.Kind.ALLOCATE) {
        owners[buffer] = thread;
        homes[buffer] = somewhere;
      }
      // What stayed at home stays at home.
      add(builder, event, nanos, owners[buffer] == thread ? homes[buffer] : somewhere, buffer);
    }
    return build(builder);
  }

  private int burst(int thread, long nanos) {
    long mixed = seed + (thread + 1) * MIX_THREAD + nanos / BURST_NANOS * MIX_BURST;
    return new SplittableRandom(mixed).nextInt(loops);
  }

  /** A copy of the history, as far as it has come. */
  private record Cursor(long nanos, int copy, int event) {}

  private Traffic grown() {
    int copies = (loops + recordedLoops - 1) / recordedLoops;
    SplittableRandom random = new SplittableRandom(seed);
    long[] shifts = new long[copies];
    int[][] numbers = new int[copies][traffic.buffers()];
    int[] owners = new int[traffic.buffers()];
    PriorityQueue<Cursor> next =
        new PriorityQueue<>(
            (one, other) ->
                one.nanos() == other.nanos()
                    ? Integer.compare(one.copy(), other.copy())
                    : Long.compare(one.nanos(), other.nanos()));
    for (int copy = 0; copy < copies; copy++) {
      shifts[copy] = copy == 0 ? 0 : random.nextLong(SHIFT_NANOS);
      next.add(new Cursor(shifts[copy], copy, 0));
      Arrays.fill(numbers[copy], NO_BUFFER);
    }
    Traffic.Builder builder = new Traffic.Builder();
    for (Cursor at = next.poll(); at != null; at = next.poll()) {
      int event = at.event();
      int buffer = traffic.buffer(event);
      int[] own = numbers[at.copy()];
      int thread = traffic.thread(event);
      int loop = loopIn(at.copy(), thread);
      if (traffic.kind(event) == Traffic.Kind.ALLOCATE) {
        owners[buffer] = thread;
        own[buffer] = loop > loops ? NO_BUFFER : builder.buffers();
      }
      if (own[buffer] != NO_BUFFER) {
        int where = loop > loops ? loopIn(at.copy(), owners[buffer]) : loop;
        add(builder, event, at.nanos(), where, own[buffer]);
      }
      if (event + 1 < traffic.events()) {
        next.add(new Cursor(shifts[at.copy()] + traffic.nanos(event + 1), at.copy(), event + 1));
      }
    }
    return build(builder);
  }

  /** Returns the loop of a copy, the number after the last for other threads, or more: none. */
  private int loopIn(int copy, int thread) {
    if (loopOf[thread] < 0) {
      return loops;
    }
    int loop = copy * recordedLoops + loopOf[thread];
    return loop < loops ? loop : loops + 1;
  }

  private void add(Traffic.Builder builder, int event, long nanos, int thread, int buffer) {
    switch (traffic.kind(event)) {
      case ALLOCATE -> builder.allocate(nanos, thread, traffic.size(event));
      case RESIZE -> builder.resize(nanos, thread, buffer, traffic.size(event));
      case RELEASE -> builder.release(nanos, thread, buffer);
    }
  }

  private Traffic build(Traffic.Builder builder) {
    boolean[] isLoop = new boolean[loops + 1];
    Arrays.fill(isLoop, 0, loops, true);
    return builder.build(isLoop, traffic.losses());
  }
}
