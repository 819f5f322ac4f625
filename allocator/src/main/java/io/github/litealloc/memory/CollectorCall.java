package io.github.litealloc.memory;

import io.github.litealloc.internal.Later;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Asks the garbage collector to come by, at most once a second, and never on the caller's thread.
 * It does not come where {@code -XX:+DisableExplicitGC} is set. Any thread.
 */
final class CollectorCall {

  static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** The JDK frees what was found dead on a thread of its own, right after a collection. */
  private static final long FREEING_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** For the process: several askers need one collection. */
  static final CollectorCall OF_PROCESS =
      new CollectorCall(System::nanoTime, Later::run, System::gc);

  private final LongSupplier nanoTime;
  private final NativeHeap.Clock clock;
  private final Runnable collector;
  private final AtomicBoolean isAsked = new AtomicBoolean();
  private volatile long notBeforeNanos;

  /** With a clock and a collector of its own, for tests. */
  CollectorCall(LongSupplier nanoTime, NativeHeap.Clock clock, Runnable collector) {
    this.nanoTime = nanoTime;
    this.clock = clock;
    this.collector = collector;
    this.notBeforeNanos = nanoTime.getAsLong();
  }

  /**
   * Has the collector come by, now or when the last time is a second ago; nothing more if that is
   * about to happen anyway.
   *
   * @param andThen to look for what it has taken
   */
  void ask(Runnable andThen) {
    if (isAsked.get() || !isAsked.compareAndSet(false, true)) {
      return;
    }
    boolean comes = false;
    try {
      long waitNanos = Math.max(0, notBeforeNanos - nanoTime.getAsLong());
      comes = clock.run(waitNanos, () -> collect(andThen));
    } finally {
      if (!comes) {
        isAsked.set(false);
      }
    }
  }

  private void collect(Runnable andThen) {
    try {
      collector.run();
    } finally {
      notBeforeNanos = nanoTime.getAsLong() + REST_NANOS;
      isAsked.set(false);
      clock.run(FREEING_NANOS, andThen);
    }
  }
}
