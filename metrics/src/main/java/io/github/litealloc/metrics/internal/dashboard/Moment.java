package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.ArenaFigure;
import io.github.litealloc.netty.FallbackReason;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * All that the dashboard shows of one moment.
 *
 * @param timeMillis Unix time in milliseconds, for people: somebody may set the clock
 * @param elapsedMillis since some moment of this process; what lies between two moments is told by
 *     this
 * @param allocators the allocators, in the order in which they were given
 * @param budgets their budgets, each once
 * @param nettyAllocators Netty's own allocators
 */
record Moment(
    long timeMillis,
    long elapsedMillis,
    List<AllocatorView> allocators,
    List<BudgetFigures> budgets,
    List<NettyFigures> nettyAllocators) {
  /*
   * Sums are over our allocators. Where there is none they are unknown, and those that Netty's tell
   * stand in for them; where those do not tell any either, they stay unknown.
   */

  /** Stands for a figure that nobody tells. */
  static final long UNKNOWN = Long.MIN_VALUE;

  /** Of a clock that nobody sets. */
  Moment(long timeMillis, List<AllocatorView> allocators, List<BudgetFigures> budgets) {
    this(timeMillis, timeMillis, allocators, budgets, List.of());
  }

  private long sum(ToLongFunction<AllocatorView> figure) {
    return allocators.isEmpty() ? UNKNOWN : allocators.stream().mapToLong(figure).sum();
  }

  /** Sums a figure over the allocators. */
  long total(ArenaFigure figure) {
    return sum(view -> view.figures().total().get(figure));
  }

  /** Sums the bytes that the allocators hold. */
  long reservedBytes() {
    if (!allocators.isEmpty()) {
      return total(ArenaFigure.RESERVED_BYTES);
    }
    return nettyAllocators.isEmpty()
        ? UNKNOWN
        : nettyAllocators.stream().mapToLong(NettyFigures::directBytes).sum();
  }

  /** Sums the bytes of live buffers. */
  long usedBytes() {
    if (!allocators.isEmpty()) {
      return total(ArenaFigure.USED_BYTES);
    }
    if (nettyAllocators.isEmpty()) {
      return UNKNOWN;
    }
    long sum = 0;
    for (NettyFigures netty : nettyAllocators) {
      if (netty.usedDirectBytes().isEmpty()) {
        return UNKNOWN;
      }
      sum += netty.usedDirectBytes().getAsLong();
    }
    return sum;
  }

  long directFallbacks() {
    return sum(view -> view.figures().directFallbacks());
  }

  long failures() {
    return sum(view -> view.figures().allFailures());
  }

  /** Sums the bytes of requests for direct buffers that were passed on. */
  long directFallbackBytes() {
    return sum(view -> view.figures().allFallbackBytes() - heapBytes(view));
  }

  /** Sums the bytes of live direct buffers that are in no arena. */
  long elsewhereBytes() {
    return sum(view -> view.figures().elsewhere().directBytes());
  }

  /** Sums the bytes of live heap buffers. */
  long liveHeapBytes() {
    return sum(view -> view.figures().elsewhere().heapBytes());
  }

  /** Sums the requests for heap buffers. */
  long heapRequests() {
    return sum(view -> view.figures().fallbacks(FallbackReason.HEAP));
  }

  /** Sums the bytes of requests for heap buffers. */
  long heapBytes() {
    return sum(Moment::heapBytes);
  }

  private static long heapBytes(AllocatorView view) {
    return view.figures().fallbackBytes(FallbackReason.HEAP);
  }
}
