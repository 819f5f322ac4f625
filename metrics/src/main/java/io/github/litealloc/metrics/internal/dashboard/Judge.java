package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.ArenaFigure;
import io.github.litealloc.ArenaFigures;
import io.github.litealloc.metrics.internal.LoopFigures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Comes to a {@link Verdict} from the figures of now and of the last five minutes: the alerts of
 * {@code lite-alloc.rules.yml}, as far as they need no longer history. It remembers since when each
 * of them holds, so it is to be asked once for each moment. Not thread-safe.
 */
final class Judge {

  private static final long FIVE_MINUTES = TimeUnit.MINUTES.toMillis(5);
  private static final long ONE_MINUTE = TimeUnit.MINUTES.toMillis(1);

  /** Leaves time to act before memory is refused. */
  private static final double BUDGET_NEARLY_USED = 0.85;

  /** So much of the traffic past the budget is no longer an exception: the ceiling is none. */
  private static final double PAST_BUDGET_SHARE = 0.01;

  /** So much of the traffic outside the arenas is no longer an exception. */
  private static final double FALLBACK_SHARE = 0.05;

  /** Pinned bytes for each byte in use. */
  private static final long FRAGMENTED = 4;

  /**
   * What a loop may pin, or hold, without a word: the first chunks of a healthy one. With this,
   * what is worth mentioning does not grow with the number of loops.
   */
  private static final long USUAL_BYTES_OF_LOOP = 1L << 20;

  /** Below this, small services would be told of waste that does not matter. */
  private static final long WORTH_MENTIONING_BYTES = 32L << 20;

  /** So many buffers do not wait for a loop that turns. */
  private static final long BACKLOG = 10_000;

  /** Free blocks looked at for each allocation. */
  private static final long SLOW_SEARCH = 64;

  /** Shares of less traffic than this, per second, mean nothing. */
  private static final long MIN_RATE = 1;

  private static final long MIN_SEARCH_RATE = 100;

  /** Within so long the lowest number of live buffers is what no wave of load explains. */
  static final long LEAK_WINDOW_MILLIS = TimeUnit.MINUTES.toMillis(30);

  /** By so much at least that number rises from one window to the one after the next: a fifth. */
  private static final double LEAK_GROWTH = 1.2;

  private static final long LEAK_GROWTH_BUFFERS = 100;

  private final Map<String, Long> sinceMillis = new HashMap<>();

  /** Which loops have let many buffers wait, and since when, by the clock that nobody sets. */
  private final Map<String, Long> waitingSince = new HashMap<>();

  private final Set<String> waitingLoops = new HashSet<>();

  private final List<Finding> findings = new ArrayList<>();
  private final LiveLows lows;
  private final long leakWindowMillis;
  private Moment now = new Moment(0, List.of(), List.of());
  private History history = new History(0);

  /**
   * Has seen nothing yet.
   *
   * @param allocators how many there are
   * @param leakWindowMillis within which the lowest number of live buffers counts
   */
  Judge(int allocators, long leakWindowMillis) {
    this.lows = new LiveLows(allocators, leakWindowMillis);
    this.leakWindowMillis = leakWindowMillis;
  }

  /** What was found: the alert, and whose it is. */
  private record Finding(
      Verdict.Level level, String alert, String whose, String text, String remedy) {
    String key() {
      return alert + ' ' + whose;
    }
  }

  Verdict judge(Moment moment, History past) {
    now = moment;
    history = past;
    lows.add(now);
    findings.clear();
    waitingLoops.clear();
    for (int i = 0; i < now.allocators().size(); i++) {
      failures(i);
      escapes(i);
      refusals(i);
      misuse(i);
      backlog(now.allocators().get(i));
      switchedOff(i);
      bypasses(i);
      searches(i);
      fragmentation(now.allocators().get(i));
      idleMemory(i);
      leak(i);
    }
    waitingSince.keySet().retainAll(waitingLoops);
    now.budgets().forEach(this::budget);
    idleBudgets();
    return verdict();
  }

  private Verdict verdict() {
    sinceMillis.keySet().retainAll(findings.stream().map(Finding::key).toList());
    List<Verdict.Reason> reasons =
        findings.stream()
            .sorted(Comparator.comparing(Finding::level).reversed())
            .map(
                finding ->
                    new Verdict.Reason(
                        finding.level,
                        finding.text,
                        finding.remedy,
                        finding.alert,
                        sinceMillis.computeIfAbsent(finding.key(), key -> now.timeMillis())))
            .toList();
    if (now.allocators().isEmpty()) {
      return new Verdict(Verdict.Level.UNKNOWN, List.of());
    }
    return new Verdict(reasons.isEmpty() ? Verdict.Level.OK : reasons.get(0).level(), reasons);
  }

  private void add(Verdict.Level level, String alert, String whose, String text, String remedy) {
    findings.add(new Finding(level, alert, whose, text, remedy));
  }

  private void failures(int allocator) {
    long failures = history.increase(Counters.FAILURES, allocator, now, FIVE_MINUTES);
    if (failures > 0) {
      add(
          Verdict.Level.ACT,
          "LiteAllocAllocationFailures",
          name(allocator),
          "Allocator "
              + name(allocator)
              + ": "
              + requests(failures)
              + " failed with an exception in the last 5 minutes.",
          "Raise its budget, lower the concurrency, or let another allocator serve what exceeds it.");
    }
  }

  private void budget(BudgetFigures budget) {
    if (budget.isLimited() && budget.reservedBytes() > BUDGET_NEARLY_USED * budget.maxBytes()) {
      add(
          Verdict.Level.WATCH,
          "LiteAllocBudgetNearlyUsed",
          budget.name(),
          "Budget \"" + budget.name() + "\" is " + percentUsed(budget) + " used.",
          "Raise maxBytes, or find out who holds the memory, before requests are refused.");
    }
  }

  /** Whether somebody had no memory for it, and who that was. */
  private void refusals(int allocator) {
    long refused = history.increase(Counters.REFUSED_REQUESTS, allocator, now, FIVE_MINUTES);
    if (refused == 0) {
      return;
    }
    Refuser by = mostOften(allocator, refused);
    add(
        Verdict.Level.WATCH,
        "LiteAllocChunksRefused",
        name(allocator),
        "Allocator "
            + name(allocator)
            + " was refused memory for "
            + requests(refused)
            + " in the last 5 minutes, "
            + by.name
            + "; "
            + budgetOf(now.allocators().get(allocator))
            + '.',
        by.remedy);
  }

  private enum Refuser {
    BUDGET(
        "by its budget",
        "Raise maxBytes, lower the concurrency, or let the MemoryPressureHandler pause reads."),
    SYSTEM(
        "mostly by the system",
        "Raise -XX:MaxDirectMemorySize or the container's limit, whichever is reached, or lower the"
            + " concurrency."),
    COLLECTOR(
        "mostly because the garbage collector alone frees memory here",
        "Let Netty use Unsafe or, from Java 22 on, give it native access; or lower the concurrency."),
    ARENA(
        "mostly by arenas that were at their end themselves",
        "Look into the log for what has broken them, or into the strategy, if it is your own.");

    final String name;
    final String remedy;

    Refuser(String name, String remedy) {
      this.name = name;
      this.remedy = remedy;
    }
  }

  private Refuser mostOften(int allocator, long refused) {
    long bySystem = history.increase(Counters.REFUSED_BY_SYSTEM, allocator, now, FIVE_MINUTES);
    long byCollector =
        history.increase(Counters.REFUSED_BY_COLLECTOR, allocator, now, FIVE_MINUTES);
    long byArena = history.increase(Counters.REFUSED_BY_ARENA, allocator, now, FIVE_MINUTES);
    long most = Math.max(bySystem, Math.max(byCollector, byArena));
    if (refused - bySystem - byCollector - byArena >= most) {
      return Refuser.BUDGET;
    }
    if (bySystem == most) {
      return Refuser.SYSTEM;
    }
    return byCollector == most ? Refuser.COLLECTOR : Refuser.ARENA;
  }

  private String budgetOf(AllocatorView allocator) {
    for (BudgetFigures budget : now.budgets()) {
      if (budget.name().equals(allocator.budget()) && budget.isLimited()) {
        return "budget \"" + budget.name() + "\" is " + percentUsed(budget) + " used";
      }
    }
    return "budget \"" + allocator.budget() + "\" has no limit";
  }

  /** What was refused, and served by another allocator all the same. */
  private void escapes(int allocator) {
    long escaped = history.increase(Counters.PAST_BUDGET, allocator, now, ONE_MINUTE);
    long served = history.increase(Counters.ALLOCATIONS, allocator, now, ONE_MINUTE);
    long all = escaped + served;
    if (all > MIN_RATE * seconds() && escaped > PAST_BUDGET_SHARE * all) {
      add(
          Verdict.Level.ACT,
          "LiteAllocPastBudget",
          name(allocator),
          percent((double) escaped / all)
              + " of the last minute's requests to allocator "
              + name(allocator)
              + " went past its budget, and the ceiling does not hold; "
              + budgetOf(now.allocators().get(allocator))
              + '.',
          "Raise maxBytes, let the MemoryPressureHandler pause reads, or set whenExhausted to throw.");
    }
  }

  private void misuse(int allocator) {
    long misuses = history.increase(Counters.MISUSES, allocator, now, FIVE_MINUTES);
    if (misuses > 0) {
      add(
          Verdict.Level.WATCH,
          "LiteAllocMisuse",
          name(allocator),
          "Allocator "
              + name(allocator)
              + " found "
              + (misuses == 1 ? "1 misuse" : number(misuses) + " misuses")
              + " of memory in the last 5 minutes.",
          "Somebody wrote to a buffer after its release, or beyond its end: the log says where."
              + " Or released it twice, which threw an IllegalReferenceCountException.");
    }
  }

  /** A loop that turns takes back what others have released with each tick. */
  private void backlog(AllocatorView allocator) {
    for (LoopFigures loop : allocator.figures().loops().values()) {
      long waiting = loop.live().waitingRemoteFrees();
      if (waiting <= BACKLOG) {
        continue;
      }
      String key = allocator.name() + ' ' + loop.eventLoop();
      waitingLoops.add(key);
      long since = waitingSince.computeIfAbsent(key, ignored -> now.elapsedMillis());
      if (now.elapsedMillis() - since >= ONE_MINUTE) {
        add(
            Verdict.Level.WATCH,
            "LiteAllocRemoteQueueBacklog",
            key,
            "Event loop \""
                + loop.eventLoop()
                + "\" of allocator \""
                + allocator.name()
                + "\" has had more than "
                + number(BACKLOG)
                + " buffers waiting for it for a minute, which other threads have released.",
            "It is blocked, never turns, or cannot keep up: a thread dump says what it is at.");
      }
    }
  }

  private void switchedOff(int allocator) {
    if (now.allocators().get(allocator).figures().elsewhere().passThrough()) {
      add(
          Verdict.Level.WATCH,
          "LiteAllocFallbackShare",
          name(allocator) + " pass-through",
          "Allocator "
              + name(allocator)
              + " is switched off: it passes all requests through, past its budget.",
          "Call passThrough(false), or take the setting litealloc.passThrough out.");
    }
  }

  private void bypasses(int allocator) {
    long offLoop = history.increase(Counters.OFF_LOOP, allocator, now, ONE_MINUTE);
    long closed = history.increase(Counters.CLOSED, allocator, now, ONE_MINUTE);
    long pastBudget = history.increase(Counters.PAST_BUDGET, allocator, now, ONE_MINUTE);
    long served = history.increase(Counters.ALLOCATIONS, allocator, now, ONE_MINUTE);
    long all = offLoop + closed + pastBudget + served;
    if (all <= MIN_RATE * seconds()) {
      return;
    }
    if (offLoop > FALLBACK_SHARE * all) {
      add(
          Verdict.Level.WATCH,
          "LiteAllocFallbackShare",
          name(allocator) + " off-loop",
          percent((double) offLoop / all)
              + " of the last minute's requests to allocator "
              + name(allocator)
              + " came from threads that are no event loops (off-loop), and went past its budget.",
          "Allocate on the event loop, or build the allocator with another OffLoopPolicy.");
    }
    if (closed > FALLBACK_SHARE * all) {
      add(
          Verdict.Level.WATCH,
          "LiteAllocFallbackShare",
          name(allocator) + " closed",
          percent((double) closed / all)
              + " of the last minute's requests to allocator "
              + name(allocator)
              + " came after it or their event loop had ended (closed), and went past its budget.",
          "Close an allocator after the channels that use it.");
    }
  }

  private void fragmentation(AllocatorView allocator) {
    long excess = 0;
    for (LoopFigures loop : allocator.figures().loops().values()) {
      long pinned = loop.figures().get(ArenaFigure.PINNED_BYTES);
      long used = loop.figures().get(ArenaFigure.USED_BYTES);
      excess += Math.max(0, pinned - FRAGMENTED * used - USUAL_BYTES_OF_LOOP);
    }
    if (excess > WORTH_MENTIONING_BYTES) {
      ArenaFigures total = allocator.figures().total();
      add(
          Verdict.Level.WATCH,
          "LiteAllocFragmented",
          allocator.name(),
          "Allocator \""
              + allocator.name()
              + "\" pins "
              + mebibytes(total.get(ArenaFigure.PINNED_BYTES))
              + " for "
              + mebibytes(total.get(ArenaFigure.USED_BYTES))
              + " in use.",
          "Few survivors hold many chunks: find the oldest buffers with outstanding() or sampling.");
    }
  }

  /**
   * Only of one that nobody uses: what is empty at a moment of traffic may be needed at the next.
   */
  private void idleMemory(int index) {
    AllocatorView allocator = now.allocators().get(index);
    long excess = 0;
    for (LoopFigures loop : allocator.figures().loops().values()) {
      long reserved = loop.figures().get(ArenaFigure.RESERVED_BYTES);
      long pinned = loop.figures().get(ArenaFigure.PINNED_BYTES);
      excess += Math.max(0, reserved - pinned - USUAL_BYTES_OF_LOOP);
    }
    if (hasServedNothing(index) && excess > WORTH_MENTIONING_BYTES) {
      add(
          Verdict.Level.WATCH,
          "LiteAllocNotGivenBack",
          allocator.name(),
          "Allocator \""
              + allocator.name()
              + "\" has served nothing for a minute and keeps "
              + mebibytes(excess)
              + " of empty chunks.",
          "Its event loops do not turn: look for what blocks them. A decayMillis of -1 keeps all.");
    }
  }

  /** What arenas have emptied is their budget's, which does not know whose it was. */
  private void idleBudgets() {
    for (int i = 0; i < now.allocators().size(); i++) {
      if (!hasServedNothing(i)) {
        return;
      }
    }
    for (BudgetFigures budget : now.budgets()) {
      if (budget.idleBytes() > WORTH_MENTIONING_BYTES) {
        add(
            Verdict.Level.WATCH,
            "LiteAllocNotGivenBack",
            budget.name(),
            "Budget \""
                + budget.name()
                + "\" keeps "
                + mebibytes(budget.idleBytes())
                + " of empty chunks, and no allocator of this page has served anything for a minute.",
            "A decayMillis of -1 keeps all; else event loops do not turn: look for what blocks them.");
      }
    }
  }

  private boolean hasServedNothing(int allocator) {
    return history.span(now, ONE_MINUTE) >= ONE_MINUTE - 2 * History.INTERVAL_MILLIS
        && history.increase(Counters.ALLOCATIONS, allocator, now, ONE_MINUTE) == 0;
  }

  private void searches(int allocator) {
    long allocations = history.increase(Counters.ALLOCATIONS, allocator, now, ONE_MINUTE);
    long searched = history.increase(Counters.SEARCHED_BLOCKS, allocator, now, ONE_MINUTE);
    if (allocations > MIN_SEARCH_RATE * seconds() && searched > SLOW_SEARCH * allocations) {
      add(
          Verdict.Level.WATCH,
          "LiteAllocSlowSearch",
          name(allocator),
          "Allocator "
              + name(allocator)
              + " looks at "
              + searched / allocations
              + " free blocks before one fits.",
          "Use the strategy hybrid, which searches in size classes.");
    }
  }

  /** Waves of load come down in between; what is kept for ever does not. */
  private void leak(int allocator) {
    long earlier = lows.low(allocator, LiveLows.MAX_WINDOWS_AGO);
    long before = lows.low(allocator, LiveLows.MAX_WINDOWS_AGO / 2);
    long latest = lows.low(allocator, 0);
    if (earlier != LiveLows.UNKNOWN && hasGrown(earlier, before) && hasGrown(before, latest)) {
      add(
          Verdict.Level.WATCH,
          "LiteAllocSuspectedLeak",
          name(allocator),
          "Allocator "
              + name(allocator)
              + " may leak: at least "
              + number(latest)
              + " live all through the last "
              + duration(leakWindowMillis)
              + ", "
              + number(before)
              + " "
              + duration(2 * leakWindowMillis)
              + " before, "
              + number(earlier)
              + " "
              + duration(4 * leakWindowMillis)
              + " before.",
          "Sample call sites: sampling(1000) and holders() name who keeps them.");
    }
  }

  private static boolean hasGrown(long before, long after) {
    return after > LEAK_GROWTH * before + LEAK_GROWTH_BUFFERS;
  }

  private static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  private static String duration(long millis) {
    long seconds = millis / 1_000;
    if (seconds < 120) {
      return seconds + " s";
    }
    return seconds < 7_200 ? seconds / 60 + " min" : seconds / 3_600 + " h";
  }

  private String name(int allocator) {
    return '"' + now.allocators().get(allocator).name() + '"';
  }

  private double seconds() {
    return history.span(now, ONE_MINUTE) / 1_000.0;
  }

  private static String percentUsed(BudgetFigures budget) {
    return percent((double) budget.reservedBytes() / budget.maxBytes());
  }

  private static String percent(double share) {
    return share > 0 && share < 0.005 ? "less than 1 %" : Math.round(100 * share) + " %";
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", (double) bytes / (1 << 20));
  }

  private static String requests(long count) {
    return count == 1 ? "1 request" : number(count) + " requests";
  }
}
