package io.github.litealloc.netty;

import io.github.litealloc.StrategyFactory;
import io.github.litealloc.memory.Subscription;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The arenas of one allocator, and what those that are gone have counted. Safe for any thread. */
final class ArenaRegistry {

  private static final System.Logger LOG = System.getLogger(ArenaRegistry.class.getName());

  private final CopyOnWriteArrayList<BufferArena> arenas = new CopyOnWriteArrayList<>();
  private final CopyOnWriteArrayList<Runnable> listeners = new CopyOnWriteArrayList<>();
  private ArenaTotals closedTotals = ArenaTotals.NONE; // guarded by this

  void add(BufferArena arena) {
    arenas.add(arena);
    tellListeners();
  }

  /** Takes out an arena that is closed and has no live buffer. */
  void remove(BufferArena arena) {
    synchronized (this) {
      if (!arenas.remove(arena)) {
        return;
      }
      closedTotals = closedTotals.plus(arena.statistics());
    }
    tellListeners();
  }

  /** Their exceptions must not get into an event loop's shutdown or a release. */
  private void tellListeners() {
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, "a listener to arenas failed", e);
      }
    }
  }

  List<BufferArena> all() {
    return arenas;
  }

  /** Whether an open arena has another strategy. */
  boolean hasOpenArenaNotOf(StrategyFactory strategy) {
    for (BufferArena arena : arenas) {
      if (arena.isOpen() && !arena.isOf(strategy)) {
        return true;
      }
    }
    return false;
  }

  List<ArenaMetric> metrics() {
    return arenas.stream().map(BufferArena::metric).toList();
  }

  synchronized ArenaTotals closedTotals() {
    return closedTotals;
  }

  Subscription addListener(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Closes the arenas of threads that have ended without Netty noticing. */
  void closeAbandoned() {
    for (BufferArena arena : arenas) {
      arena.closeIfAbandoned();
    }
  }
}
