package io.github.litealloc.memory;

import io.github.litealloc.internal.Log;
import io.github.litealloc.internal.StackRoom;
import io.github.litealloc.internal.events.FlightEvents;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns the charged bytes of a budget, and what the system has refused, into levels, and has
 * listeners told. Safe for any thread; no listener runs on the thread that caused a change, which
 * may be in the middle of an allocation.
 */
final class PressureGauge {
  /*
   * The level by bytes has its own memory, which a refusal by the system does not touch: once that is
   * over, the level is what it would be without it. A refusal ends with time, and a gauge has no
   * clock that calls it. So whoever asks for the level looks whether it is over; and listeners whose
   * executor is a clock, as event loops are, have it look for them: they may have stopped all that
   * would ask.
   */

  private static final System.Logger LOG = System.getLogger(PressureGauge.class.getName());

  private final String budget;
  private final long highBytes;
  private final long criticalBytes;
  private final long recoveredBytes;
  private final LongSupplier reservedBytes;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  // Written under the monitor.
  private volatile MemoryPressure level = MemoryPressure.NORMAL;
  private volatile @Nullable SystemRefusal refusal; // null nearly always

  // Guarded by the monitor.
  private MemoryPressure levelByBytes = MemoryPressure.NORMAL;
  private final long[] nanosAt = new long[MemoryPressure.values().length]; // but the present one
  private long levelSinceNanos = System.nanoTime();

  /** Whether listeners may not have heard of the level: the stack has ended before, or is at it. */
  private volatile boolean hasUntold;

  PressureGauge(String budget, long maxBytes, LongSupplier reservedBytes) {
    this.budget = budget;
    this.highBytes = percent(maxBytes, MemoryPressure.HIGH_PERCENT);
    this.criticalBytes = percent(maxBytes, MemoryPressure.CRITICAL_PERCENT);
    this.recoveredBytes = percent(maxBytes, MemoryPressure.RECOVERED_PERCENT);
    this.reservedBytes = reservedBytes;
  }

  private static long percent(long bytes, int percent) {
    return Math.max(1, (long) (bytes / 100.0 * percent));
  }

  MemoryPressure level() {
    SystemRefusal known = refusal;
    if (known != null && !known.isRecent()) {
      ended(known);
    }
    if (hasUntold) {
      changed();
    }
    return level;
  }

  /** For how long the level was a certain one, up to now. */
  long nanosAt(MemoryPressure asked) {
    level(); // a refusal may be over
    synchronized (this) {
      return nanosAt[asked.ordinal()] + (level == asked ? System.nanoTime() - levelSinceNanos : 0);
    }
  }

  MemoryPressure known() {
    return level;
  }

  /** The system has refused memory, and not long ago. */
  void refused(SystemRefusal refused) {
    synchronized (this) {
      refusal = refused;
    }
    changed();
    listeners.forEach(listener -> listener.lookAgainAfter(refused.pauseNanos()));
  }

  /** A refusal is over: there was memory again, or it is long ago. */
  void ended(SystemRefusal refused) {
    if (refusal == refused && forget(refused)) {
      changed();
    }
  }

  private synchronized boolean forget(SystemRefusal refused) {
    if (refusal != refused || refused.isRecent()) {
      return false; // refused once more since
    }
    refusal = null;
    return true;
  }

  Subscription addListener(Executor executor, Consumer<MemoryPressure> listener) {
    Listener added = new Listener(executor, listener);
    listeners.add(added);
    if (!added.levelChanged()) { // it may be high already
      hasUntold = true;
    }
    return added;
  }

  /** The charged bytes have changed. */
  void reservedChanged() {
    MemoryPressure now = level;
    // During a refusal the level does not tell what the level by bytes was.
    if (refusal != null || hasUntold || next(now) != now) {
      changed();
    }
  }

  private void changed() {
    if (enterNextLevel() || hasUntold) {
      hasUntold = false; // first: for the next change it is set again
      boolean areTold = false;
      try {
        areTold = tellAll();
      } finally {
        if (!areTold) {
          hasUntold = true; // by whoever comes next: a listener hears of no level twice
        }
      }
    }
  }

  private boolean tellAll() {
    boolean areTold = true;
    for (Listener listener : listeners) {
      areTold &= listener.levelChanged();
    }
    return areTold;
  }

  private synchronized boolean enterNextLevel() {
    MemoryPressure before = level;
    // Read anew, under the monitor: of two changes that overtake each other, the last one counts.
    MemoryPressure byBytes = next(levelByBytes);
    MemoryPressure now = refusal != null ? MemoryPressure.CRITICAL : byBytes;
    levelByBytes = byBytes;
    if (now == before) {
      return false;
    }
    long nanos = System.nanoTime();
    nanosAt[before.ordinal()] += nanos - levelSinceNanos;
    levelSinceNanos = nanos;
    hasUntold = true;
    level = now;
    FlightEvents.pressureChanged(budget, before.name(), level.name(), reservedBytes.getAsLong());
    return true;
  }

  private MemoryPressure next(MemoryPressure now) {
    long reserved = reservedBytes.getAsLong();
    if (reserved >= criticalBytes) {
      return MemoryPressure.CRITICAL;
    }
    if (reserved >= highBytes) {
      return now == MemoryPressure.CRITICAL ? now : MemoryPressure.HIGH;
    }
    if (reserved < recoveredBytes) {
      return MemoryPressure.NORMAL;
    }
    return now == MemoryPressure.NORMAL ? now : MemoryPressure.HIGH;
  }

  /** One listener; its calls come one at a time, and never twice with the same level. */
  private final class Listener implements Subscription {
    private final Executor executor;
    private final Consumer<MemoryPressure> listener;
    private volatile boolean isClosed;
    private MemoryPressure told = MemoryPressure.NORMAL; // guarded by this
    private volatile boolean hasFailed; // in a way that is tried again, and told once

    Listener(Executor executor, Consumer<MemoryPressure> listener) {
      this.executor = executor;
      this.listener = listener;
    }

    @Override
    public void close() {
      listeners.remove(this);
      isClosed = true;
    }

    /**
     * Has the executor call the listener.
     *
     * @return {@code false} if the stack or the heap was too small for that, so that it is to be
     *     called again
     */
    boolean levelChanged() {
      Delivery delivery = new Delivery();
      try {
        StackRoom.require(); // a queue that is left half-way would stand still
        executor.execute(delivery);
        hasFailed = false;
        return true;
      } catch (Throwable e) {
        // The bytes are charged or credited by now, and the caller must hear of that.
        boolean isAgain = hasFailed;
        hasFailed = e instanceof VirtualMachineError;
        if (!isAgain) {
          Log.warn(LOG, "a listener's executor took no task", e);
        }
        return !hasFailed;
      } finally {
        delivery.isHandedOver = true;
      }
    }

    /** Has the executor see to it that the end of a refusal is noticed, if it is a clock. */
    void lookAgainAfter(long nanos) {
      if (executor instanceof ScheduledExecutorService clock) {
        try {
          StackRoom.require();
          Runnable look = PressureGauge.this::level;
          clock.schedule(look, nanos, TimeUnit.NANOSECONDS);
        } catch (Throwable e) {
          // Somebody else will notice that the refusal is over.
          Log.write(LOG, System.Logger.Level.DEBUG, "a listener's executor took no task", e);
        }
      }
    }

    /**
     * A call of the listener. An executor that runs it at once, on the thread that caused the
     * change, would run it in the middle of an allocation or a release: then it goes to the JDK's
     * common pool instead.
     */
    private final class Delivery implements Runnable {
      private final Thread causer = Thread.currentThread();
      private volatile boolean isHandedOver;

      @Override
      public void run() {
        if (Thread.currentThread() == causer && !isHandedOver) {
          StackRoom.require();
          CompletableFuture.runAsync(Listener.this::tell);
        } else {
          tell();
        }
      }
    }

    private synchronized void tell() {
      MemoryPressure now = level;
      if (now == told || isClosed) {
        return;
      }
      told = now;
      try {
        listener.accept(now);
      } catch (Throwable e) {
        Log.warn(LOG, "a listener to memory pressure failed", e);
      }
    }
  }
}
