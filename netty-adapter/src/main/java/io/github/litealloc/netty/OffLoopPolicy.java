package io.github.litealloc.netty;

/**
 * What happens when a thread that is no event loop asks for a direct buffer.
 *
 * @since 0.1.0
 */
public enum OffLoopPolicy {
  /**
   * It is served by one of a few arenas that such threads share, each under a lock of its own; a
   * thread that finds one in use goes to the next. The default. For threads of every kind and any
   * number of them, virtual ones too: nothing is kept for a thread. Unused memory goes back by
   * itself, as that of event loops does.
   */
  STRIPED,
  /** The fallback allocator serves it: outside of the budget, and of every figure. */
  FALLBACK,
  /**
   * The thread gets an arena of its own. It is closed when the thread ends: at once if the thread
   * is Netty's, else when a buffer of it is released elsewhere, the allocator is trimmed or closed
   * or makes an arena, or another loop's timer looks. For few, long-lived threads, since only an
   * event loop has a timer that gives unused memory back. Virtual threads, which are many and
   * short-lived, are not adopted: the fallback allocator serves them.
   */
  ADOPT,
  /** The request throws {@link IllegalStateException}. For finding such threads. */
  REJECT
}
