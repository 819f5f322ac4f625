package io.github.litealloc.netty;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Requests that no arena served. Written by any thread, none of them on a hot path. */
final class FallbackCounters {

  private static final long TELL_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final LongAdder[] requests = adders(FallbackReason.values().length);
  private final LongAdder[] bytes = adders(FallbackReason.values().length);
  private final LongAdder[] failures = adders(FailureReason.values().length);
  private final AtomicLongArray toldNanos = neverTold();

  private static LongAdder[] adders(int count) {
    LongAdder[] adders = new LongAdder[count];
    for (int i = 0; i < adders.length; i++) {
      adders[i] = new LongAdder();
    }
    return adders;
  }

  private static AtomicLongArray neverTold() {
    AtomicLongArray times = new AtomicLongArray(FallbackReason.values().length);
    long longAgo = System.nanoTime() - TELL_INTERVAL_NANOS;
    for (int i = 0; i < times.length(); i++) {
      times.set(i, longAgo);
    }
    return times;
  }

  /** Whether it is time to tell of a fallback: for one caller in each interval. */
  boolean mayTell(FallbackReason reason, long nowNanos) {
    long told = toldNanos.get(reason.ordinal());
    return nowNanos - told >= TELL_INTERVAL_NANOS
        && toldNanos.compareAndSet(reason.ordinal(), told, nowNanos);
  }

  void count(FallbackReason reason, int requestedBytes) {
    requests[reason.ordinal()].increment();
    bytes[reason.ordinal()].add(requestedBytes);
  }

  void countFailure(FailureReason reason) {
    failures[reason.ordinal()].increment();
  }

  long requests(FallbackReason reason) {
    return requests[reason.ordinal()].sum();
  }

  long bytes(FallbackReason reason) {
    return bytes[reason.ordinal()].sum();
  }

  long failures(FailureReason reason) {
    return failures[reason.ordinal()].sum();
  }

  long failures() {
    long sum = 0;
    for (LongAdder each : failures) {
      sum += each.sum();
    }
    return sum;
  }
}
