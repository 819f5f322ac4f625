package io.github.litealloc.netty;

import io.github.litealloc.netty.internal.Tasks;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.internal.InternalThreadLocalMap;
import io.netty.util.internal.ThreadExecutorMap;
import org.jspecify.annotations.Nullable;

/**
 * The arena of the calling thread. It is closed when the thread ends, or when it is taken out.
 *
 * <p>Asked by {@code getIfExists} only: {@code get} would leave a reference to the allocator with
 * every thread that ever asked, and so keep an unloaded application in memory.
 */
final class ArenaOfThread extends FastThreadLocal<@Nullable BufferArena> {

  /**
   * The loops of threads whose arenas were taken out: who takes all of Netty's thread-locals out
   * takes this with them, and a loop that goes on would be one no more. The JDK's own class, so
   * that it keeps none of ours with a thread.
   */
  private static final ThreadLocal<@Nullable EventExecutor> LOOP = new ThreadLocal<>();

  /** Whether there is anything in {@link #LOOP} of any thread. */
  private static volatile boolean remembers;

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

  /**
   * Whether the calling thread may be an event loop. Leaves nothing with a thread that has nothing
   * of Netty's yet.
   */
  boolean mayBeLoop() {
    return InternalThreadLocalMap.getIfSet() != null && loopOfThread() != null;
  }

  /** The event loop that the calling thread is, as far as can be told; {@code null} if none. */
  @Nullable EventExecutor loopOfThread() {
    EventExecutor current = ThreadExecutorMap.currentExecutor();
    EventExecutor executor = current != null || !remembers ? current : LOOP.get();
    return executor != null && isLoop(executor) ? executor : null;
  }

  private static boolean isLoop(EventExecutor executor) {
    return Tasks.ask(executor::inEventLoop, () -> false)
        && !Tasks.ask(executor::isShutdown, () -> false);
  }

  @Override
  protected void onRemoval(@Nullable BufferArena arena) {
    if (arena != null) {
      remembers = true;
      arena.owner().rememberLoop(LOOP);
      Tasks.run("closing an arena of lite-alloc '" + allocator + '\'', arena::close);
    }
  }
}
