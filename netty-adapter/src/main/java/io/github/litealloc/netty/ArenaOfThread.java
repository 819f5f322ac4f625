package io.github.litealloc.netty;

import io.github.litealloc.netty.internal.Tasks;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * The arena of the calling thread. It is closed when the thread ends, or when it is taken out.
 *
 * <p>Asked by {@code getIfExists} only: {@code get} would leave a reference to the allocator with
 * every thread that ever asked, and so keep an unloaded application in memory.
 */
final class ArenaOfThread extends FastThreadLocal<@Nullable BufferArena> {

  private final String allocator;

  /**
   * Whether a thread's arena may be one that it should no longer use: one flag for the hot path to
   * look at, for everything that seldom happens. Here, beside what the hot path reads anyway.
   */
  private volatile boolean unsettled;

  /**
   * @param allocator the allocator's name
   */
  ArenaOfThread(String allocator) {
    this.allocator = allocator;
  }

  /** Any thread. */
  boolean isUnsettled() {
    return unsettled;
  }

  /** Any thread. */
  void unsettled(boolean isUnsettled) {
    unsettled = isUnsettled;
  }

  @Override
  protected void onRemoval(@Nullable BufferArena arena) {
    if (arena != null) {
      Tasks.run("closing an arena of lite-alloc '" + allocator + '\'', arena::close);
    }
  }
}
