package io.github.litealloc.netty;

import java.lang.ref.WeakReference;
import java.util.concurrent.TimeUnit;

/**
 * Looks every few seconds after arenas that are closed and not yet at their end: whoever freed the
 * last of their buffers may have had no stack or heap left to see to it, and nobody else need ever
 * come by. Keeps neither the allocator alive nor the loader of its classes. Any thread.
 */
final class EndWatch {

  static final long INTERVAL_MILLIS = TimeUnit.SECONDS.toMillis(5);

  private final DaemonClock clock;

  EndWatch(ArenaRegistry arenas) {
    this.clock = clock(new WeakReference<>(arenas));
  }

  private static DaemonClock clock(WeakReference<ArenaRegistry> arenas) {
    return new DaemonClock(
        "looking after arenas of lite-alloc that are closed",
        () -> {
          ArenaRegistry present = arenas.get();
          return present != null && present.lookAfterEnds();
        },
        INTERVAL_MILLIS);
  }

  /** Has it look until all closed arenas have come to their end. */
  void start() {
    clock.start();
  }

  /** Whether it will look. */
  boolean runs() {
    return clock.runs();
  }
}
