package io.github.litealloc.netty;

import java.util.concurrent.atomic.LongAdder;

/** Requests that no arena served. Written by any thread, none of them on a hot path. */
final class FallbackCounters {

  private final LongAdder[] requests = adders();
  private final LongAdder[] bytes = adders();
  private final LongAdder failures = new LongAdder();

  private static LongAdder[] adders() {
    LongAdder[] adders = new LongAdder[FallbackReason.values().length];
    for (int i = 0; i < adders.length; i++) {
      adders[i] = new LongAdder();
    }
    return adders;
  }

  void count(FallbackReason reason, int requestedBytes) {
    requests[reason.ordinal()].increment();
    bytes[reason.ordinal()].add(requestedBytes);
  }

  void countFailure() {
    failures.increment();
  }

  long requests(FallbackReason reason) {
    return requests[reason.ordinal()].sum();
  }

  long bytes(FallbackReason reason) {
    return bytes[reason.ordinal()].sum();
  }

  long failures() {
    return failures.sum();
  }
}
