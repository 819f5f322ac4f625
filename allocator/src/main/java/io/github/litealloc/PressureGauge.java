package io.github.litealloc;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Turns the charged bytes of a budget into levels, and tells listeners. Safe for any thread. */
final class PressureGauge {

  private static final System.Logger LOG = System.getLogger(PressureGauge.class.getName());

  private final long highBytes;
  private final long criticalBytes;
  private final long recoveredBytes;
  private final List<Consumer<MemoryPressure>> listeners = new CopyOnWriteArrayList<>();

  private volatile MemoryPressure level = MemoryPressure.NORMAL; // written under the monitor

  PressureGauge(long maxBytes) {
    this.highBytes = percent(maxBytes, MemoryPressure.HIGH_PERCENT);
    this.criticalBytes = percent(maxBytes, MemoryPressure.CRITICAL_PERCENT);
    this.recoveredBytes = percent(maxBytes, MemoryPressure.RECOVERED_PERCENT);
  }

  private static long percent(long bytes, int percent) {
    return Math.max(1, (long) (bytes / 100.0 * percent));
  }

  MemoryPressure level() {
    return level;
  }

  AutoCloseable addListener(Consumer<MemoryPressure> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** The charged bytes are now this many. */
  void changed(long reservedBytes) {
    MemoryPressure before = level;
    if (next(before, reservedBytes) != before) {
      synchronized (this) {
        enter(next(level, reservedBytes));
      }
    }
  }

  /** A charge was refused, however few bytes are charged. */
  void refused() {
    if (level != MemoryPressure.CRITICAL) {
      synchronized (this) {
        enter(MemoryPressure.CRITICAL);
      }
    }
  }

  private MemoryPressure next(MemoryPressure now, long reservedBytes) {
    if (reservedBytes >= criticalBytes) {
      return MemoryPressure.CRITICAL;
    }
    if (reservedBytes >= highBytes) {
      return now == MemoryPressure.CRITICAL ? now : MemoryPressure.HIGH;
    }
    if (reservedBytes < recoveredBytes) {
      return MemoryPressure.NORMAL;
    }
    return now == MemoryPressure.NORMAL ? now : MemoryPressure.HIGH;
  }

  private void enter(MemoryPressure next) {
    if (next == level) {
      return;
    }
    level = next;
    for (Consumer<MemoryPressure> listener : listeners) {
      try {
        listener.accept(next);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, "a listener to memory pressure failed", e);
      }
    }
  }
}
