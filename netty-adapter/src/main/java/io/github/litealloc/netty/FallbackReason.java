package io.github.litealloc.netty;

/**
 * Why a request went to another allocator instead of an arena.
 *
 * @since 0.1.0
 */
public enum FallbackReason {
  /** The thread is no event loop, and has no arena. */
  OFF_LOOP("off-loop"),
  /**
   * The arena was exhausted: the budget or the system refused a chunk. Also what an {@link
   * ExhaustionHandler} has given then, unless it has made room in an arena.
   */
  EXHAUSTED("budget"),
  /** A heap buffer was asked for; arenas are off-heap. */
  HEAP("heap"),
  /** The allocator was closed, or the thread's event loop is ending. */
  CLOSED("closed"),
  /** The allocator {@linkplain LiteByteBufAllocator#passThrough(boolean) passes all through}. */
  PASS_THROUGH("pass-through");

  private final String id;

  FallbackReason(String id) {
    this.id = id;
  }

  /** {@return the name used on dashboards, in lower-kebab-case} */
  public String id() {
    return id;
  }
}
