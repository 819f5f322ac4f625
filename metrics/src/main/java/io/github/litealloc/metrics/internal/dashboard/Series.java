package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.ArenaFigure;
import java.util.function.ToLongFunction;

/** What the history keeps of each second. The page knows the same names. */
enum Series {
  TIME("time", Moment::timeMillis),
  ELAPSED("elapsed", Moment::elapsedMillis),
  RESERVED_BYTES(ArenaFigure.RESERVED_BYTES.id(), Moment::reservedBytes),
  COMMITTED_BYTES(ArenaFigure.COMMITTED_BYTES),
  PINNED_BYTES(ArenaFigure.PINNED_BYTES),
  USED_BYTES(ArenaFigure.USED_BYTES.id(), Moment::usedBytes),
  KEPT_BYTES(ArenaFigure.CACHED_BYTES),
  REQUESTED_BYTES(ArenaFigure.REQUESTED_BYTES),
  LIVE_BLOCKS(ArenaFigure.LIVE_BLOCKS),
  ALLOCATIONS(ArenaFigure.ALLOCATIONS),
  CARVED_ALLOCATIONS(ArenaFigure.CARVED_ALLOCATIONS),
  KEPT_ALLOCATIONS(ArenaFigure.KEPT_ALLOCATIONS),
  STRATEGY_ALLOCATIONS(ArenaFigure.STRATEGY_ALLOCATIONS),
  HUGE_ALLOCATIONS(ArenaFigure.HUGE_ALLOCATIONS),
  OWNER_FREES(ArenaFigure.OWNER_FREES),
  REMOTE_FREES(ArenaFigure.REMOTE_FREES),
  SEARCHED_BLOCKS(ArenaFigure.SEARCHED_BLOCKS),
  DIRECT_FALLBACKS("directFallbacks", Moment::directFallbacks),
  FAILURES("failures", Moment::failures),
  REFUSED_REQUESTS("refusedRequests", moment -> moment.total(ArenaFigure.FAILURES)),
  ALLOCATED_BYTES(ArenaFigure.ALLOCATED_BYTES),
  DIRECT_FALLBACK_BYTES("directFallbackBytes", Moment::directFallbackBytes),
  HEAP_REQUESTS("heapRequests", Moment::heapRequests),
  HEAP_BYTES("heapBytes", Moment::heapBytes),
  ELSEWHERE_BYTES("elsewhereBytes", Moment::elsewhereBytes),
  LIVE_HEAP_BYTES("liveHeapBytes", Moment::liveHeapBytes);

  private final String id;
  private final ToLongFunction<Moment> read;

  Series(String id, ToLongFunction<Moment> read) {
    this.id = id;
    this.read = read;
  }

  Series(ArenaFigure figure) {
    this(figure.id(), moment -> moment.total(figure));
  }

  String id() {
    return id;
  }

  /** Returns the value, {@link Moment#UNKNOWN} if nobody tells it. */
  long read(Moment moment) {
    return read.applyAsLong(moment);
  }
}
