package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.ArenaFigure;
import io.github.litealloc.netty.FallbackReason;
import java.util.List;

/**
 * All that the dashboard shows of one moment.
 *
 * @param timeMillis Unix time in milliseconds
 * @param allocators the allocators, in the order in which they were given
 * @param budgets their budgets, each once
 */
record Moment(long timeMillis, List<AllocatorView> allocators, List<BudgetFigures> budgets) {

  /** Sums a figure over the allocators. */
  long total(ArenaFigure figure) {
    return allocators.stream().mapToLong(view -> view.figures().total().get(figure)).sum();
  }

  long directFallbacks() {
    return allocators.stream().mapToLong(view -> view.figures().directFallbacks()).sum();
  }

  long failures() {
    return allocators.stream().mapToLong(view -> view.figures().allFailures()).sum();
  }

  /** Sums the bytes of requests for direct buffers that were passed on. */
  long directFallbackBytes() {
    return allocators.stream()
        .mapToLong(view -> view.figures().allFallbackBytes() - heapBytes(view))
        .sum();
  }

  /** Sums the bytes of live direct buffers that are in no arena. */
  long elsewhereBytes() {
    return allocators.stream().mapToLong(view -> view.figures().elsewhere().directBytes()).sum();
  }

  /** Sums the bytes of live heap buffers. */
  long liveHeapBytes() {
    return allocators.stream().mapToLong(view -> view.figures().elsewhere().heapBytes()).sum();
  }

  /** Sums the requests for heap buffers. */
  long heapRequests() {
    return allocators.stream()
        .mapToLong(view -> view.figures().fallbacks(FallbackReason.HEAP))
        .sum();
  }

  /** Sums the bytes of requests for heap buffers. */
  long heapBytes() {
    return allocators.stream().mapToLong(Moment::heapBytes).sum();
  }

  private static long heapBytes(AllocatorView view) {
    return view.figures().fallbackBytes(FallbackReason.HEAP);
  }
}
