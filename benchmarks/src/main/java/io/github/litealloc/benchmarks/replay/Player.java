package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.record.Traffic;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Does once more what a history says, with an allocator. */
final class Player {
  /*
   * Each thread goes through its own events in order. For what others do with the same buffer before,
   * it waits: that lies earlier in the history, so somebody can always go on.
   */

  private static final int SPINS = 1_000;
  private static final long WAIT_NANOS = 10_000;

  /** Who takes so many times the recorded time, and more, will hardly come to an end. */
  private static final int PATIENCE = 20;

  private static final long LEAST_PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Traffic traffic;
  private final ByteBufAllocator allocator;
  private final Workers workers;
  private final Turns turns;

  /** The live buffers; who has the turn of one may touch its element. */
  private final @Nullable ByteBuf[] live;

  /** Whose turn it is, for each buffer. */
  private final AtomicIntegerArray turn;

  private final boolean fill;

  /** How long the threads have worked, without what they waited for each other. */
  private final LongAdder workNanos = new LongAdder();

  private final LongAdder done = new LongAdder();
  private final LongAdder liveBytes = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private volatile @Nullable Throwable failure;
  private double playedShare = 1;

  /**
   * Prepares.
   *
   * @param traffic the history
   * @param turns of the history
   * @param allocator who serves it
   * @param workers the threads of the history
   * @param fill whether to write each buffer from its start to its end, as applications do, so that
   *     its memory is there; else the first and the last byte
   */
  Player(Traffic traffic, Turns turns, ByteBufAllocator allocator, Workers workers, boolean fill) {
    this.traffic = traffic;
    this.turns = turns;
    this.allocator = allocator;
    this.workers = workers;
    this.fill = fill;
    this.live = new ByteBuf[traffic.buffers()];
    this.turn = new AtomicIntegerArray(traffic.buffers());
  }

  /**
   * Plays everything, and releases what is left over. Ends before its time if that takes many times
   * as long as it should: an allocator whose memory is at its limit may wait for the garbage
   * collector at each request.
   *
   * @param slices of the history
   * @param speed how many times as fast as it was; infinite for as fast as it goes
   */
  void play(List<Slices.Slice> slices, double speed) throws InterruptedException {
    play(slices, speed, LEAST_PATIENCE_NANOS);
  }

  /**
   * The same with another patience.
   *
   * @param leastPatienceNanos so long it may take, however short the history is
   */
  void play(List<Slices.Slice> slices, double speed, long leastPatienceNanos)
      throws InterruptedException {
    long started = System.nanoTime();
    int played = 0;
    for (Slices.Slice slice : slices) {
      play(slice);
      played++;
      long allowed = Math.max(leastPatienceNanos, (long) (PATIENCE * slice.endNanos() / speed));
      if (System.nanoTime() - started > allowed) {
        break;
      }
      long due = (long) (slice.endNanos() / speed);
      long early = due - (System.nanoTime() - started);
      if (early > 0) {
        TimeUnit.NANOSECONDS.sleep(early);
      }
    }
    releaseLeftOver();
    playedShare = slices.isEmpty() ? 1 : played / (double) slices.size();
  }

  private void play(Slices.Slice slice) throws InterruptedException {
    int active = 0;
    for (int[] events : slice.eventsOf()) {
      active += events.length > 0 ? 1 : 0;
    }
    CountDownLatch end = new CountDownLatch(active);
    for (int thread = 0; thread < slice.eventsOf().length; thread++) {
      int[] events = slice.eventsOf()[thread];
      if (events.length > 0) {
        workers
            .of(thread)
            .execute(
                () -> {
                  try {
                    play(events);
                  } catch (Throwable e) { // the others must not wait for what never comes
                    failure = e;
                  } finally {
                    end.countDown();
                  }
                });
      }
    }
    end.await();
    if (failure != null) {
      throw new IllegalStateException("the replay has failed", failure);
    }
  }

  private void play(int[] events) {
    long started = System.nanoTime();
    long waited = 0;
    long bytes = 0;
    for (int event : events) {
      int number = traffic.buffer(event);
      int size = traffic.size(event);
      if (turn.getAcquire(number) != turns.of(event)) {
        waited += await(number, turns.of(event));
      }
      ByteBuf buffer = live[number];
      bytes -= capacity(buffer);
      ByteBuf now =
          switch (traffic.kind(event)) {
            case ALLOCATE -> allocate(size);
            case RESIZE -> resized(buffer, size);
            case RELEASE -> released(buffer);
          };
      live[number] = now;
      bytes += capacity(now);
      turn.setRelease(number, turns.of(event) + 1);
    }
    liveBytes.add(bytes);
    done.add(events.length);
    workNanos.add(System.nanoTime() - started - waited);
  }

  private static int capacity(@Nullable ByteBuf buffer) {
    return buffer == null ? 0 : buffer.capacity();
  }

  /** Returns a new buffer, or nothing if it was refused. */
  private @Nullable ByteBuf allocate(int size) {
    try {
      ByteBuf buffer = allocator.directBuffer(size);
      touch(buffer, size);
      return buffer;
    } catch (OutOfMemoryError e) {
      refused.increment();
      return null;
    }
  }

  private @Nullable ByteBuf resized(@Nullable ByteBuf buffer, int size) {
    if (buffer == null || buffer.maxCapacity() < size) { // one without bytes, or a refused one
      return allocate(size);
    }
    try {
      buffer.capacity(size);
      touch(buffer, size);
    } catch (OutOfMemoryError e) {
      refused.increment();
    }
    return buffer;
  }

  private static @Nullable ByteBuf released(@Nullable ByteBuf buffer) {
    if (buffer != null) {
      buffer.release();
    }
    return null;
  }

  private void touch(ByteBuf buffer, int size) {
    if (fill) {
      buffer.setZero(0, size);
    } else if (size > 0) {
      buffer.setByte(0, size);
      buffer.setByte(size - 1, size);
    }
  }

  /** Waits for others, and returns how long that took. */
  private long await(int buffer, int expected) {
    long started = System.nanoTime();
    for (int spin = 0; turn.getAcquire(buffer) != expected; spin++) {
      if (failure != null) {
        throw new IllegalStateException("another thread has failed");
      }
      if (spin < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(WAIT_NANOS);
      }
    }
    return System.nanoTime() - started;
  }

  /** An application that ends releases everything; so do we, on the first thread that there is. */
  private void releaseLeftOver() throws InterruptedException {
    if (traffic.threads() == 0) {
      return;
    }
    CountDownLatch end = new CountDownLatch(1);
    workers
        .of(0)
        .execute(
            () -> {
              for (ByteBuf buffer : live) {
                released(buffer);
              }
              end.countDown();
            });
    end.await();
    liveBytes.reset();
  }

  /** Returns the bytes that the history has live just now, at the ends of slices. Any thread. */
  long liveBytes() {
    return Math.max(0, liveBytes.sum());
  }

  /** Returns which share of the history was played the last time, 1 for all. */
  double playedShare() {
    return playedShare;
  }

  /** Returns how many events were played. */
  long played() {
    return done.sum();
  }

  /** Returns how long an event has taken, in the mean. */
  double nanosPerOp() {
    return workNanos.sum() / (double) Math.max(1, played());
  }

  /** Returns how many requests were refused, by an error. */
  long refused() {
    return refused.sum();
  }
}
