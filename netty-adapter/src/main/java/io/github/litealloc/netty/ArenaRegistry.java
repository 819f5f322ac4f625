package io.github.litealloc.netty;

import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.memory.Subscription;
import io.github.litealloc.netty.internal.Tasks;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The arenas of one allocator, and what those that are gone have counted. Safe for any thread. */
final class ArenaRegistry {

  /** Many loops look after few: together no more often than one of them would alone. */
  private static final long LOOK_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int LOOKS_IN_VAIN = 12;

  private final CopyOnWriteArrayList<BufferArena> arenas = new CopyOnWriteArrayList<>();
  private final CopyOnWriteArrayList<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final LockWaits lockWaits = new LockWaits();
  private final EndWatch endWatch = new EndWatch(this, ArenaRegistry::lookAfterEnds);
  private final AtomicLong lookedNanos = new AtomicLong(System.nanoTime());
  private ArenaTotals closedTotals = ArenaTotals.NONE; // guarded by this

  // Of the watch, of which there is one look at a time.
  private volatile long leftAtLastLook;
  private volatile int looksInVain;
  private volatile @Nullable Thread looker;

  /** Adds an arena, of which nobody hears until {@link #tellOfChange}. */
  void add(BufferArena arena) {
    arenas.add(arena);
  }

  /** Takes out an arena that is closed and has no live buffer. */
  void remove(BufferArena arena) {
    synchronized (this) {
      ArenaTotals totals = closedTotals.plus(arena.statistics()); // first: it may fail
      if (!arenas.remove(arena)) {
        return;
      }
      closedTotals = totals;
    }
    tellOfChange();
  }

  /** What they throw must not get into an event loop's shutdown, a request or a release. */
  void tellOfChange() {
    for (Runnable listener : listeners) {
      Tasks.run("a listener to arenas", listener);
    }
  }

  List<BufferArena> all() {
    return arenas;
  }

  LockWaits lockWaits() {
    return lockWaits;
  }

  /** How many arenas have a timer now. */
  long timers() {
    return arenas.stream().filter(BufferArena::hasTimer).count();
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

  long sum(ToLongFunction<ArenaStatistics> figure) {
    long sum = 0;
    for (BufferArena arena : arenas) {
      sum += figure.applyAsLong(arena.statistics());
    }
    return sum;
  }

  synchronized ArenaTotals closedTotals() {
    return closedTotals;
  }

  Subscription addListener(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Ends the arenas of owners that have ended without telling. */
  void endWhereOwnersHave() {
    for (BufferArena arena : arenas) {
      arena.endIfOwnerHas();
      if (!arena.isOpen()) {
        watchEnds(); // if there was no memory for that before
      }
    }
  }

  /** The same now and then, however often it is called; and looks after others' clocks. */
  void lookAfterOwners() {
    long now = System.nanoTime();
    long before = lookedNanos.get();
    if (now - before >= LOOK_INTERVAL_NANOS && lookedNanos.compareAndSet(before, now)) {
      DaemonClock.startOverdue();
      endWhereOwnersHave();
    }
  }

  /** Has closed arenas looked after; see {@link #lookAfterEnds} for how long. */
  void watchEnds() {
    if (looker != Thread.currentThread()) { // who looks decides itself whether to look again
      endWatch.start();
    }
  }

  /**
   * Does what is left of the end of each closed arena.
   *
   * @return whether any is not at its end, and something has come back within a minute: a buffer
   *     that nobody ever releases must not keep a clock running
   */
  boolean lookAfterEnds() {
    looker = Thread.currentThread();
    try {
      for (BufferArena arena : arenas) {
        if (!arena.isOpen()) {
          Tasks.run("finishing the end of an arena", arena::finish);
        }
      }
    } finally {
      looker = null;
    }
    long left = 0;
    for (BufferArena arena : arenas) {
      if (!arena.isOpen()) {
        left += 1 + arena.end.liveBuffers() + arena.statistics().reservedBytes();
      }
    }
    looksInVain = left == leftAtLastLook ? looksInVain + 1 : 0;
    leftAtLastLook = left;
    return left > 0 && looksInVain < LOOKS_IN_VAIN;
  }

  /**
   * Ends shared arenas that are closed, and whose end nobody has come to.
   *
   * @return whether any must still wait for its user
   */
  boolean finishEnds() {
    boolean waits = false;
    for (BufferArena arena : arenas) {
      if (arena.shared() != null && !arena.isOpen() && !arena.end.isFinished()) {
        Tasks.run("finishing the end of an arena", arena::finish);
        waits |= !arena.end.isFinished();
      }
    }
    return waits;
  }
}
