package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.ArenaFigure;
import io.github.litealloc.internal.Queues;
import io.github.litealloc.memory.MemoryPressure;
import io.github.litealloc.metrics.internal.AllocatorFigures;
import io.github.litealloc.netty.ArenaMetric;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last things that have happened: pressure, refusals, changes of strategy, trims, arenas whose
 * loops have ended. Found by comparing one moment with the next, so that it costs an allocator
 * nothing. Not thread-safe.
 */
final class Happenings {

  static final int CAPACITY = 30;

  /** What goes on is one line, and not one for each second. */
  private static final long CONTINUES_MILLIS = 10_000;

  private static final Map<ArenaFigure, String> TRIMS =
      new EnumMap<>( // in the same order in each process
          Map.of(
              ArenaFigure.TRIMMED_IDLE_BYTES, "given back, idle",
              ArenaFigure.TRIMMED_DECAY_BYTES, "given back, not needed for long",
              ArenaFigure.TRIMMED_PRESSURE_BYTES, "given back under pressure",
              ArenaFigure.TRIMMED_MANUAL_BYTES, "given back, as told"));

  private static final Map<ArenaFigure, String> COUNTS =
      new EnumMap<>(
          Map.of(
              ArenaFigure.REFUSALS_BUDGET, "requests refused by the budget",
              ArenaFigure.REFUSALS_SYSTEM, "requests refused by the system",
              ArenaFigure.REFUSALS_COLLECTOR, "requests that wait for the garbage collector",
              ArenaFigure.VIOLATIONS, "misuses of memory"));

  private final Deque<Happening> latest = Queues.unforgetting();
  private @Nullable Moment before;

  /** Compares with the moment before. */
  void add(Moment now) {
    Moment last = before;
    before = now;
    if (last == null) {
      return;
    }
    for (int i = 0; i < now.allocators().size(); i++) {
      compare(now.timeMillis(), last.allocators().get(i), now.allocators().get(i));
    }
    for (int i = 0; i < now.budgets().size(); i++) {
      MemoryPressure level = now.budgets().get(i).pressure();
      if (level != last.budgets().get(i).pressure()) {
        note(
            new Happening(
                now.timeMillis(),
                now.budgets().get(i).name(),
                "pressure is " + level.name().toLowerCase(Locale.ROOT),
                0,
                false));
      }
    }
  }

  private void compare(long timeMillis, AllocatorView last, AllocatorView now) {
    AllocatorFigures was = last.figures();
    AllocatorFigures is = now.figures();
    if (!was.strategy().equals(is.strategy())) {
      String change = "strategy " + was.strategy() + " → " + is.strategy();
      note(new Happening(timeMillis, now.name(), change, 0, false));
    }
    TRIMS.forEach((figure, kind) -> increase(timeMillis, now.name(), kind, was, is, figure, true));
    COUNTS.forEach(
        (figure, kind) -> increase(timeMillis, now.name(), kind, was, is, figure, false));
    note(timeMillis, now.name(), "requests failed", is.allFailures() - was.allFailures(), false);
    note(
        timeMillis,
        now.name(),
        "arenas outlive their loops",
        is.arenas(ArenaMetric.Stage.ORPHANED) - was.arenas(ArenaMetric.Stage.ORPHANED),
        false);
    note(
        timeMillis,
        now.name(),
        "arenas retire",
        is.arenas(ArenaMetric.Stage.RETIRING) - was.arenas(ArenaMetric.Stage.RETIRING),
        false);
  }

  private void increase(
      long timeMillis,
      String whose,
      String kind,
      AllocatorFigures was,
      AllocatorFigures is,
      ArenaFigure figure,
      boolean isBytes) {
    note(timeMillis, whose, kind, is.total().get(figure) - was.total().get(figure), isBytes);
  }

  private void note(long timeMillis, String whose, String kind, long amount, boolean isBytes) {
    if (amount > 0) {
      note(new Happening(timeMillis, whose, kind, amount, isBytes));
    }
  }

  private void note(Happening happening) {
    for (Happening each : latest) {
      if (each.isContinuedBy(happening, CONTINUES_MILLIS)) {
        latest.remove(each);
        latest.addLast(each.plus(happening));
        return;
      }
    }
    latest.addLast(happening);
    if (latest.size() > CAPACITY) {
      latest.removeFirst();
    }
  }

  /** The latest first. */
  List<Happening> latest() {
    List<Happening> list = new ArrayList<>(latest);
    Collections.reverse(list);
    return list;
  }
}
