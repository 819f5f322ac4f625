package io.github.litealloc.metrics.internal;

import io.github.litealloc.ArenaFigures;
import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.netty.ArenaMetric;
import io.github.litealloc.netty.ArenaTotals;
import io.github.litealloc.netty.FailureReason;
import io.github.litealloc.netty.FallbackReason;
import io.github.litealloc.netty.LiteAllocatorMetric;
import io.github.litealloc.netty.LiveBuffers;
import java.time.Clock;
import java.util.Collections;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads one allocator, as one snapshot for all who ask within {@link #MAX_AGE_NANOS}. Any thread.
 *
 * <p>So the figures of one scrape fit together. Counters never fall: an arena that is gone stays in
 * the allocator's totals and, while its group has other arenas, in the group's.
 *
 * <p>It holds the statistics of arenas, which do not refer to the arenas, and so keeps no memory
 * alive.
 */
public final class AllocatorReader {
  /*
   * An event loop's figures are those of the arenas with its thread name: after an event loop ended
   * and another of that name started there are two for a while. An arena stays in the group it was
   * first put into. Moving it, say from "other" to a freed place, would lower one counter and raise
   * another, and a backend would take both for traffic.
   *
   * A group without arenas is not shown, but its counters are remembered for a while: its loop may be
   * between two arenas, as in a change of strategy, and its totals must not start anew.
   */

  /** How many loops without arenas are remembered. */
  private static final int MAX_REMEMBERED = 256;

  /** How old a snapshot may be. */
  public static final long MAX_AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** How often live buffers are looked at, at most. */
  private static final long LOOK_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** One in so many parts of the time at most is spent on that. */
  private static final long LOOK_SHARE = 200;

  private final LiteAllocatorMetric metric;
  private final int maxLoops;
  private final LongSupplier nanoTime;
  private volatile Consumer<AllocatorFigures> readListener = figures -> {};

  // Guarded by this.
  private final Map<String, LoopGroup> groups = new LinkedHashMap<>();
  private final Map<String, LoopGroup> withoutArenas = new LinkedHashMap<>();
  private final Map<ArenaStatistics, LoopGroup> groupOfArena = new IdentityHashMap<>();
  private ArenaFigures lastTotal = ArenaFigures.NONE;
  private @Nullable AllocatorFigures snapshot;
  private long snapshotNanos;
  private LiveBuffers live = LiveBuffers.NONE;
  private boolean hasLooked;
  private long nextLookNanos;

  /**
   * Makes a reader.
   *
   * @param metric what to read
   * @param maxLoops how many event loops to tell apart; 0 for one figure for all
   */
  public AllocatorReader(LiteAllocatorMetric metric, int maxLoops) {
    this(metric, maxLoops, System::nanoTime);
  }

  AllocatorReader(LiteAllocatorMetric metric, int maxLoops, LongSupplier nanoTime) {
    this.metric = metric;
    this.maxLoops = maxLoops;
    this.nanoTime = nanoTime;
  }

  /** {@return what is read} */
  public LiteAllocatorMetric metric() {
    return metric;
  }

  /**
   * Has somebody told whenever {@link #figures} has read anew, on the thread that has asked for
   * them.
   *
   * @param listener who is told; must be quick, and throw nothing
   */
  public void onRead(Consumer<AllocatorFigures> listener) {
    readListener = listener;
  }

  /** {@return the figures, read anew if they are older than {@link #MAX_AGE_NANOS}} */
  public AllocatorFigures figures() {
    AllocatorFigures current;
    synchronized (this) {
      current = snapshot;
      if (current != null && nanoTime.getAsLong() - snapshotNanos <= MAX_AGE_NANOS) {
        return current;
      }
      current = readNow();
    }
    readListener.accept(current);
    return current;
  }

  /**
   * Reads the figures now; {@link #figures()} then answers the same for a while.
   *
   * @return the figures of this moment
   */
  public synchronized AllocatorFigures readNow() {
    ArenaTotals closed;
    List<ArenaMetric> arenas;
    do {
      // An arena that ends in between would be in both, or in neither. Their number tells: to
      // compare
      // the records would have the JDK keep our class loader (Java 17).
      closed = metric.closedArenas();
      arenas = metric.arenas();
    } while (closed.arenas() != metric.closedArenas().arenas());

    lookAtLiveBuffersIfDue();
    LoopLive liveOfAll = LoopLive.NONE;
    groups.values().forEach(LoopGroup::begin);
    ArenaFigures total = closed.figures();
    String strategy = metric.strategy();
    Map<String, Map<ArenaMetric.Stage, Long>> stages = new LinkedHashMap<>();
    stages.put(strategy, noArenas());
    Map<ArenaStatistics, LoopGroup> gone = new IdentityHashMap<>(groupOfArena);
    for (ArenaMetric arena : arenas) {
      gone.remove(arena.statistics());
      ArenaFigures figures = arena.statistics().snapshot();
      total = total.plus(figures);
      stages
          .computeIfAbsent(arena.strategy(), ignored -> noArenas())
          .merge(arena.stage(), 1L, Long::sum);
      LoopLive ofArena = LoopLive.of(live, live.of(arena.statistics()));
      liveOfAll = liveOfAll.plus(ofArena);
      groupOf(arena).add(figures, arena.orphaned(), ofArena);
    }
    gone.forEach(
        (statistics, group) -> {
          group.retire(statistics.snapshot());
          groupOfArena.remove(statistics);
        });

    lastTotal = total.notBelow(lastTotal);
    AllocatorFigures current =
        new AllocatorFigures(
            Clock.systemUTC().millis(),
            strategy,
            lastTotal,
            Collections.unmodifiableMap(stages),
            loops(liveOfAll),
            byReason(FallbackReason.class, metric::fallbacks),
            byReason(FallbackReason.class, metric::fallbackBytes),
            byReason(FailureReason.class, metric::failures),
            ElsewhereFigures.of(metric),
            LockFigures.of(metric),
            live);
    snapshot = current;
    snapshotNanos = nanoTime.getAsLong();
    return current;
  }

  private static Map<ArenaMetric.Stage, Long> noArenas() {
    Map<ArenaMetric.Stage, Long> stages = new EnumMap<>(ArenaMetric.Stage.class);
    for (ArenaMetric.Stage stage : ArenaMetric.Stage.values()) {
      stages.put(stage, 0L);
    }
    return stages;
  }

  private LoopGroup groupOf(ArenaMetric arena) {
    LoopGroup group = groupOfArena.get(arena.statistics());
    if (group == null) {
      group = groups.computeIfAbsent(groupName(arena.eventLoop()), this::newGroup);
      groupOfArena.put(arena.statistics(), group);
    }
    return group;
  }

  private LoopGroup newGroup(String name) {
    LoopGroup remembered = withoutArenas.remove(name);
    if (remembered == null) {
      return new LoopGroup(name);
    }
    remembered.begin();
    return remembered;
  }

  private void remember(String name, LoopGroup group) {
    withoutArenas.put(name, group);
    if (withoutArenas.size() > MAX_REMEMBERED) {
      withoutArenas.remove(withoutArenas.keySet().iterator().next());
    }
  }

  private String groupName(String eventLoop) {
    int named = groups.size() - (groups.containsKey(LoopNames.OTHER) ? 1 : 0);
    return groups.containsKey(eventLoop) || named < maxLoops ? eventLoop : LoopNames.OTHER;
  }

  private Map<String, LoopFigures> loops(LoopLive liveOfAll) {
    Map<String, LoopFigures> loops = new LinkedHashMap<>();
    if (maxLoops == 0) {
      loops.put(LoopNames.ALL, new LoopFigures(LoopNames.ALL, false, lastTotal, liveOfAll));
      return Collections.unmodifiableMap(loops);
    }
    Iterator<Map.Entry<String, LoopGroup>> each = groups.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<String, LoopGroup> entry = each.next();
      if (entry.getValue().isEmpty()) {
        each.remove();
        entry.getValue().end();
        remember(entry.getKey(), entry.getValue());
      } else {
        loops.put(entry.getKey(), entry.getValue().end());
      }
    }
    return Collections.unmodifiableMap(loops);
  }

  private static <R extends Enum<R>> Map<R, Long> byReason(
      Class<R> reasons, ToLongFunction<R> read) {
    Map<R, Long> values = new EnumMap<>(reasons);
    for (R reason : reasons.getEnumConstants()) {
      values.put(reason, read.applyAsLong(reason));
    }
    return Collections.unmodifiableMap(values);
  }

  /** Now and then, and the less often the longer it takes. */
  private void lookAtLiveBuffersIfDue() {
    long begunNanos = nanoTime.getAsLong();
    if (hasLooked && begunNanos - nextLookNanos < 0) {
      return;
    }
    live = metric.lookAtLiveBuffers();
    hasLooked = true;
    long tookNanos = nanoTime.getAsLong() - begunNanos;
    nextLookNanos = begunNanos + Math.max(LOOK_INTERVAL_NANOS, LOOK_SHARE * tookNanos);
  }
}
