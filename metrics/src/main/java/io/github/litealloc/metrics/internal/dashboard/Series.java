package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.metrics.internal.Figure;
import java.util.function.ToLongFunction;

/** What the history keeps of each second. The page knows the same names. */
enum Series {
  TIME("time", Moment::timeMillis),
  RESERVED("reserved", Figure.RESERVED),
  PINNED("pinned", Figure.PINNED),
  USED("used", Figure.USED),
  REQUESTED("requested", Figure.REQUESTED),
  LIVE_BUFFERS("liveBuffers", Figure.LIVE_BUFFERS),
  ALLOCATIONS("allocations", Figure.ALLOCATIONS),
  OWNER_FREES("ownerFrees", Figure.OWNER_FREES),
  REMOTE_FREES("remoteFrees", Figure.REMOTE_FREES),
  SEARCHED_BLOCKS("searchedBlocks", Figure.SEARCHED_BLOCKS),
  DIRECT_FALLBACKS("directFallbacks", Moment::directFallbacks),
  FAILURES("failures", Moment::failures),
  REFUSALS("refusals", Moment::refusals);

  private final String id;
  private final ToLongFunction<Moment> read;

  Series(String id, ToLongFunction<Moment> read) {
    this.id = id;
    this.read = read;
  }

  Series(String id, Figure figure) {
    this(id, moment -> moment.total(figure));
  }

  String id() {
    return id;
  }

  long read(Moment moment) {
    return read.applyAsLong(moment);
  }
}
