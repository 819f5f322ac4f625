package io.github.litealloc.metrics.internal;

import io.github.litealloc.netty.LiteAllocatorMetric;

/**
 * How threads that are no event loops met at shared arenas.
 *
 * @param meetings how often one found an arena taken, and took another
 * @param waits how often one had to wait
 * @param nanos for how long, in nanoseconds
 */
public record LockFigures(long meetings, long waits, long nanos) {

  static LockFigures of(LiteAllocatorMetric metric) {
    return new LockFigures(metric.lockMeetings(), metric.lockWaits(), metric.lockWaitNanos());
  }
}
