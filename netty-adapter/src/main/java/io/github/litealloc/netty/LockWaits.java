package io.github.litealloc.netty;

import java.util.concurrent.atomic.LongAdder;

/**
 * How often threads without an arena of their own met at a shared one, and how long they waited for
 * it. Any thread; counts nothing while nobody meets.
 */
final class LockWaits {

  private final LongAdder meetings = new LongAdder();
  private final LongAdder waits = new LongAdder();
  private final LongAdder nanos = new LongAdder();

  /** A thread has found an arena taken, and gone on to another one. */
  void met() {
    meetings.increment();
  }

  /** A thread has waited until an arena was free, or gave up. */
  void waited(long waitedNanos) {
    waits.increment();
    nanos.add(waitedNanos);
  }

  long meetings() {
    return meetings.sum();
  }

  long waits() {
    return waits.sum();
  }

  long nanos() {
    return nanos.sum();
  }
}
