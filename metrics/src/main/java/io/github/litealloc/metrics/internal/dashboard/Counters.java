package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.ArenaFigure;
import io.github.litealloc.metrics.internal.AllocatorFigures;
import io.github.litealloc.netty.FallbackReason;
import java.util.function.ToLongFunction;

/** What the history keeps of each allocator, for the {@link Judge}. All of them only grow. */
enum Counters {
  ALLOCATIONS(figures -> figures.total().get(ArenaFigure.ALLOCATIONS)),
  SEARCHED_BLOCKS(figures -> figures.total().get(ArenaFigure.SEARCHED_BLOCKS)),

  /** Requests that an arena was refused the memory for: one each, however often it asked. */
  REFUSED_REQUESTS(figures -> figures.total().get(ArenaFigure.FAILURES)),
  REFUSED_BY_SYSTEM(figures -> figures.total().get(ArenaFigure.REFUSALS_SYSTEM)),
  REFUSED_BY_COLLECTOR(figures -> figures.total().get(ArenaFigure.REFUSALS_COLLECTOR)),
  REFUSED_BY_ARENA(figures -> figures.total().get(ArenaFigure.REFUSALS_ARENA)),
  MISUSES(figures -> figures.total().get(ArenaFigure.VIOLATIONS)),

  OFF_LOOP(figures -> figures.fallbacks(FallbackReason.OFF_LOOP)),
  PAST_BUDGET(figures -> figures.fallbacks(FallbackReason.EXHAUSTED)),
  CLOSED(figures -> figures.fallbacks(FallbackReason.CLOSED)),
  FAILURES(AllocatorFigures::allFailures);

  private final ToLongFunction<AllocatorFigures> read;

  Counters(ToLongFunction<AllocatorFigures> read) {
    this.read = read;
  }

  long read(AllocatorView allocator) {
    return read.applyAsLong(allocator.figures());
  }
}
