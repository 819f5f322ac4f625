package io.github.litealloc.netty;

import java.lang.ref.WeakReference;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Looks every few seconds after arenas that are closed and not yet at their end: whoever freed the
 * last of their buffers may have had no stack or heap left to see to it, and nobody else need ever
 * come by. Keeps neither the allocator alive nor, for longer than the look says, the loader of its
 * classes. Any thread.
 */
final class EndWatch {

  private static final long INTERVAL_MILLIS = TimeUnit.SECONDS.toMillis(5);

  private final DaemonClock clock;

  /**
   * A watch that does not run yet.
   *
   * @param arenas held weakly
   * @param look looks after them; returns whether any is not yet at its end
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

  /** Has it look until all closed arenas have come to their end. */
  void start() {
    clock.start();
  }
}
