package io.github.litealloc.netty;

/** What happens when a thread that is no event loop asks for a direct buffer. */
public enum OffLoopPolicy {
  /** The fallback allocator serves it. The default: such threads come and go. */
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
