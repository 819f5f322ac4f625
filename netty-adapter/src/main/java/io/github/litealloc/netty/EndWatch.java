package io.github.litealloc.netty;

import java.lang.ref.WeakReference;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Looks every few seconds after arenas that are closed and not yet at their end: whoever freed the
 * last of their buffers may have had no stack or heap left to see to it, and nobody else need ever
 * come by. Does not keep the allocator alive. Any thread.
 */
final class EndWatch {

  private static final long INTERVAL_MILLIS = TimeUnit.SECONDS.toMillis(5);

  private final DaemonClock clock;

  /**
   * A watch that does not run yet.
   *
   * @param arenas held weakly
   * @param look looks after them; returns whether to look again
   */
  <T> EndWatch(T arenas, Predicate<T> look) {
    this.clock = clock(new WeakReference<>(arenas), look);
  }

  private static <T> DaemonClock clock(WeakReference<T> arenas, Predicate<T> look) {
    return new DaemonClock(
        "looking after arenas of lite-alloc that are closed",
        () -> {
          T present = arenas.get();
          return present != null && look.test(present);
        },
        INTERVAL_MILLIS);
  }

  /** Has it look until a look says that it was the last. */
  void start() {
    clock.start();
  }
}
