package io.github.litealloc.memory;

import io.github.litealloc.internal.Later;
import io.github.litealloc.internal.Log;
import io.github.litealloc.internal.events.FlightEvents;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The C library's heap, which most memory comes from, and which keeps much of what is freed for
 * itself. After larger give-backs it is made to let go, by a command of the JVM: on Linux with
 * glibc, HotSpot 17.0.9 and newer, where the module {@code jdk.management} is there; else never. A
 * line in the log says which. One for the process; any thread.
 *
 * @since 0.1.0
 */
public final class NativeHeap {
  /*
   * A trim takes about a tenth of a millisecond for each MiB that goes. Meanwhile the thread that does
   * it holds the lock of one malloc arena after the other, and no safepoint is reached: whoever calls
   * malloc, or needs a safepoint, may wait to its end. So it is done only
   *
   *   - when enough was given back since the last time
   *   - when no store has taken memory from the system, or given it back, for a while: a load that
   *     needs chunks is not disturbed, and would take again what went
   *   - if the last one took long, only after many times as long
   *
   * and on a thread of the JDK (Later), never on one that comes here. The same goes for the first use
   * of the management beans, which costs more than a trim. While there is nothing to do, nothing is
   * scheduled.
   */

  /** What the C library may keep without being asked. */
  static final long LEAST_BYTES = 4L << 20;

  static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** So trims take a tenth of the time at most. */
  static final int REST_PER_TRIM = 10;

  private static final System.Logger LOG = System.getLogger(NativeHeap.class.getName());

  private final LongSupplier nanoTime;
  private final Clock clock;
  private final Trimmer trimmer;

  private final AtomicLong givenBackBytes = new AtomicLong(); // since the last trim
  private final AtomicBoolean isWaiting = new AtomicBoolean(); // whether a look is to come
  private final AtomicLong trims = new AtomicLong();
  private final AtomicLong trimmedBytes = new AtomicLong();
  private volatile long movedNanos;
  private volatile boolean isUseless; // nothing can be done here

  // Of use to the one thread that looks.
  private long notBeforeNanos;
  private boolean isKnown;

  /** With a clock of its own, for tests. */
  NativeHeap(LongSupplier nanoTime, Clock clock, Trimmer trimmer) {
    this.nanoTime = nanoTime;
    this.clock = clock;
    this.trimmer = trimmer;
    this.movedNanos = nanoTime.getAsLong();
    this.notBeforeNanos = movedNanos;
  }

  /** {@return the heap of this process} */
  public static NativeHeap ofProcess() {
    return OfProcess.INSTANCE;
  }

  private static final class OfProcess {
    static final NativeHeap INSTANCE =
        new NativeHeap(System::nanoTime, Later::run, TrimCommand.INSTANCE);
  }

  /** Runs a task once, after so many nanoseconds, on another thread; {@code false} if it cannot. */
  interface Clock {
    boolean run(long delayNanos, Runnable task);
  }

  /** Makes the C library let go. Throws nothing. */
  interface Trimmer {

    /** Why it cannot be had here; {@code null} if it can. Asked once, before the first trim. */
    @Nullable String whyNot();

    /** {@return {@code false} if nothing came of it, and never will} */
    boolean trim();

    /** {@return the resident set of the process, or a negative number} */
    long residentBytes();
  }

  /** {@return how often the C library was made to let go of what is free} */
  public long trims() {
    return trims.get();
  }

  /**
   * {@return by how many bytes the resident set of the process was smaller after all these times
   * than before, together} What other threads did meanwhile is in it, and what other code had
   * freed.
   */
  public long trimmedBytes() {
    return trimmedBytes.get();
  }

  /** A store is about to take memory from it. */
  void moved() {
    movedNanos = nanoTime.getAsLong();
  }

  /**
   * Tells that memory was given back to it, or is about to be: a trim follows when enough was, and
   * all is quiet for a second. Stores do; so may other code that frees much. It should tell of many
   * small pieces together, since each call puts the trim off.
   *
   * @param bytes how much
   */
  public void givenBack(long bytes) { // throws nothing but a VirtualMachineError
    moved();
    if (!isUseless && givenBackBytes.addAndGet(bytes) >= LEAST_BYTES) {
      lookAfter(QUIET_NANOS);
    }
  }

  private void lookAfter(long nanos) {
    if (!isWaiting.get() && isWaiting.compareAndSet(false, true)) {
      waitFor(nanos);
    }
  }

  private void waitFor(long nanos) {
    boolean waits = false;
    try {
      waits = clock.run(nanos, this::look);
    } finally {
      if (!waits) {
        isWaiting.set(false); // the next give-back tries again
      }
    }
  }

  private void look() {
    long nowNanos = nanoTime.getAsLong();
    long tooEarlyNanos = Math.max(movedNanos + QUIET_NANOS - nowNanos, notBeforeNanos - nowNanos);
    if (tooEarlyNanos > 0) {
      waitFor(tooEarlyNanos);
      return;
    }
    try {
      trim();
    } finally {
      isWaiting.set(false);
    }
    if (!isUseless && givenBackBytes.get() >= LEAST_BYTES) {
      lookAfter(QUIET_NANOS); // given back meanwhile
    }
  }

  private void trim() {
    if (!isKnown) {
      String whyNot = trimmer.whyNot();
      isKnown = true;
      if (whyNot != null) {
        giveUp(whyNot);
        return;
      }
    }
    long reason = givenBackBytes.getAndSet(0);
    long before = trimmer.residentBytes();
    long startNanos = nanoTime.getAsLong();
    if (!trimmer.trim()) {
      giveUp("this C library has nothing of the kind");
      return;
    }
    long tookNanos = nanoTime.getAsLong() - startNanos;
    notBeforeNanos = startNanos + REST_PER_TRIM * tookNanos;
    long after = trimmer.residentBytes();
    long gone = before < 0 || after < 0 ? 0 : Math.max(0, before - after);
    trimmedBytes.addAndGet(gone);
    if (trims.incrementAndGet() == 1) {
      tell(
          "after larger give-backs the C library is made to let go of what is free; the first time"
              + " took "
              + TimeUnit.NANOSECONDS.toMillis(tookNanos)
              + " ms, and the process was smaller by "
              + (gone >> 20)
              + " MiB afterwards. trimNativeHeap(false) keeps it from that");
    }
    FlightEvents.nativeHeapTrimmed(reason, before, after, tookNanos);
  }

  private void giveUp(String reason) {
    isUseless = true;
    tell(
        "the C library is not asked to let go of what is free, and may keep what was given back to"
            + " it: "
            + reason);
  }

  private static void tell(String what) {
    Log.write(LOG, System.Logger.Level.INFO, what, null);
  }
}
