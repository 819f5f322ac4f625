package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.ArenaFigure;
import io.github.litealloc.ArenaFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Comes to a {@link Verdict} from the figures of now and of the last five minutes. Requests that
 * failed want action. Budgets that are nearly used or refuse, requests that bypass the arenas,
 * waste and long searches want watching.
 */
final class Judge {

  private static final long FIVE_MINUTES = TimeUnit.MINUTES.toMillis(5);
  private static final long ONE_MINUTE = TimeUnit.MINUTES.toMillis(1);

  /** Leaves time to act before memory is refused. */
  private static final double BUDGET_NEARLY_USED = 0.85;

  /** So much of the traffic outside the arenas is no longer an exception. */
  private static final double FALLBACK_SHARE = 0.05;

  /** Pinned bytes for each byte in use. */
  private static final long FRAGMENTED = 4;

  /** Below this, small services would be told of waste that does not matter. */
  private static final long WORTH_MENTIONING_BYTES = 32L << 20;

  /** Free blocks looked at for each allocation. */
  private static final long SLOW_SEARCH = 64;

  /** Shares of less traffic than this, per second, mean nothing. */
  private static final long MIN_RATE = 1;

  private static final long MIN_SEARCH_RATE = 100;

  private Judge() {}

  static Verdict judge(Moment now, History history) {
    List<String> urgent = new ArrayList<>();
    List<String> notable = new ArrayList<>();
    failures(now, history, urgent);
    now.budgets().forEach(budget -> budget(budget, notable));
    refusals(now, history, notable);
    fallbacks(now, history, notable);
    now.allocators().forEach(allocator -> waste(allocator, notable));
    searches(now, history, notable);

    Verdict.Level level =
        !urgent.isEmpty()
            ? Verdict.Level.ACT
            : notable.isEmpty() ? Verdict.Level.OK : Verdict.Level.WATCH;
    urgent.addAll(notable);
    return new Verdict(level, List.copyOf(urgent));
  }

  private static void failures(Moment now, History history, List<String> reasons) {
    long failures = history.increase(Series.FAILURES, now, FIVE_MINUTES);
    if (failures > 0) {
      reasons.add(
          times(failures)
              + " in the last 5 minutes a request for memory failed with an exception.");
    }
  }

  private static void budget(BudgetFigures budget, List<String> reasons) {
    if (budget.isLimited() && budget.reservedBytes() > BUDGET_NEARLY_USED * budget.maxBytes()) {
      reasons.add(
          "Budget \""
              + budget.name()
              + "\" is "
              + percent((double) budget.reservedBytes() / budget.maxBytes())
              + " used.");
    }
  }

  private static void refusals(Moment now, History history, List<String> reasons) {
    long refusals = history.increase(Series.REFUSALS, now, FIVE_MINUTES);
    if (refusals > 0) {
      reasons.add(times(refusals) + " in the last 5 minutes a budget refused memory.");
    }
  }

  private static void fallbacks(Moment now, History history, List<String> reasons) {
    long fallbacks = history.increase(Series.DIRECT_FALLBACKS, now, ONE_MINUTE);
    long requests = fallbacks + history.increase(Series.ALLOCATIONS, now, ONE_MINUTE);
    if (requests > MIN_RATE * seconds(now, history) && fallbacks > FALLBACK_SHARE * requests) {
      reasons.add(
          percent((double) fallbacks / requests)
              + " of the requests of the last minute bypassed the arenas.");
    }
  }

  private static void waste(AllocatorView allocator, List<String> reasons) {
    ArenaFigures total = allocator.figures().total();
    long reserved = total.get(ArenaFigure.RESERVED_BYTES);
    long pinned = total.get(ArenaFigure.PINNED_BYTES);
    long used = total.get(ArenaFigure.USED_BYTES);
    if (used > 0 && pinned > FRAGMENTED * used && pinned > WORTH_MENTIONING_BYTES) {
      reasons.add(
          "Allocator \""
              + allocator.name()
              + "\" pins "
              + String.format(Locale.ROOT, "%.1f", (double) pinned / used)
              + " bytes for each byte in use.");
    }
    if (reserved - pinned > FRAGMENTED * pinned + WORTH_MENTIONING_BYTES) {
      reasons.add(
          "Allocator \""
              + allocator.name()
              + "\" keeps "
              + ((reserved - pinned) >> 20)
              + " MiB of empty chunks.");
    }
  }

  private static void searches(Moment now, History history, List<String> reasons) {
    long allocations = history.increase(Series.ALLOCATIONS, now, ONE_MINUTE);
    long searched = history.increase(Series.SEARCHED_BLOCKS, now, ONE_MINUTE);
    if (allocations > MIN_SEARCH_RATE * seconds(now, history)
        && searched > SLOW_SEARCH * allocations) {
      reasons.add(
          "An allocation looks at " + searched / allocations + " free blocks before one fits.");
    }
  }

  private static double seconds(Moment now, History history) {
    return history.span(now, ONE_MINUTE) / 1_000.0;
  }

  private static String percent(double share) {
    return Math.round(100 * share) + " %";
  }

  private static String times(long count) {
    return count == 1 ? "Once" : count + " times";
  }
}
