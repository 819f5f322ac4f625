package io.github.litealloc.metrics.internal;

/** Names that stand for several event loops. */
public final class LoopNames {

  /** All event loops of the allocator: per-loop detail is off. */
  public static final String ALL = "all";

  /** The event loops beyond the limit of detail. */
  public static final String OTHER = "other";

  private LoopNames() {}
}
