package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.netty.ArenaMap;
import io.github.litealloc.netty.LiteAllocatorMetric;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Has maps of arenas' memory drawn for those who look at one. It never waits: an answer is the
 * latest map there is, and asks for the next one. Called on one thread; maps come on those that
 * draw them, an event loop's or the JDK's.
 */
final class MapDesk implements Endpoint {
  /*
   * Each arena is drawn once at a time, and for a hundredth of its time at most, however many people
   * look, or how often: a map costs the loop that is looked at, or those who share the arena. So what is known of an arena is
   * forgotten only when it could be asked again anyway, or asking for others would be a way around
   * that; and nothing is kept of a name that no arena has.
   */

  /** Of so many arenas the last map is kept. */
  private static final int MAX_KEPT = 8;

  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int SHARE_OF_TIME = 100;

  /**
   * After so long one that has not answered may be asked again: whoever was asked may be gone. If
   * it is only slow, it goes on with the map that it is drawing.
   */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** One arena that somebody looks at. */
  private static final class Look {
    volatile @Nullable ArenaMap latest;
    volatile boolean isAsked;
    long askedNanos;

    /** One object, which waits once however often it asks. */
    final Consumer<@Nullable ArenaMap> answer = this::answer;

    Look(long askedNanos) {
      this.askedNanos = askedNanos;
      isAsked = true; // first: the answer may come before the question is back
    }

    void ask(long nowNanos) {
      askedNanos = nowNanos;
      isAsked = true;
    }

    /** Without a map the one before stays: it says of when it is. */
    void answer(@Nullable ArenaMap map) {
      if (map != null) {
        latest = map;
      }
      isAsked = false;
    }

    boolean isDue(long nowNanos) {
      long sinceNanos = nowNanos - askedNanos;
      if (isAsked) {
        return sinceNanos > PATIENCE_NANOS;
      }
      ArenaMap map = latest;
      long tookNanos = map == null ? 0 : map.tookNanos();
      return sinceNanos > Math.max(INTERVAL_NANOS, SHARE_OF_TIME * tookNanos);
    }
  }

  private final Map<String, LiteAllocatorMetric> allocators = new LinkedHashMap<>();
  private final LongSupplier nanoTime;

  /** Those that were looked at last come last. */
  private final Map<List<String>, Look> looks = new LinkedHashMap<>(MAX_KEPT, 0.75f, true);

  MapDesk(List<LiteAllocatorMetric> allocators, LongSupplier nanoTime) {
    allocators.forEach(allocator -> this.allocators.put(allocator.name(), allocator));
    this.nanoTime = nanoTime;
  }

  @Override
  public Answer answer(HttpRequest request) {
    Map<String, List<String>> query;
    try {
      query = new QueryStringDecoder(request.uri()).parameters();
    } catch (IllegalArgumentException e) {
      return Answer.text(
          HttpResponseStatus.BAD_REQUEST, "The query is malformed: " + e.getMessage());
    }
    String name = first(query, "allocator");
    String eventLoop = first(query, "eventLoop");
    LiteAllocatorMetric allocator = allocators.get(name);
    if (allocator == null || eventLoop.isEmpty()) {
      return Answer.text(
          HttpResponseStatus.NOT_FOUND,
          "No such allocator. A map wants ?allocator=NAME&eventLoop=NAME, as the snapshot has them.");
    }
    List<String> key = List.of(name, eventLoop);
    Look look = looks.get(key);
    boolean canBeAsked =
        look == null ? isFirstTaken(key, allocator) : isTaken(key, allocator, look);
    return Answer.ok(
        Answer.JSON,
        MapJson.write(
            name, eventLoop, canBeAsked && look != null ? look.latest : null, canBeAsked));
  }

  private static String first(Map<String, List<String>> query, String key) {
    List<String> values = query.getOrDefault(key, List.of());
    return values.isEmpty() ? "" : values.get(0);
  }

  /** Whether there will be a map of an arena that nobody has looked at. */
  private boolean isFirstTaken(List<String> key, LiteAllocatorMetric allocator) {
    long nowNanos = nanoTime.getAsLong();
    if (!makeRoom(nowNanos)) {
      return true; // when one of the others may be forgotten
    }
    Look look = new Look(nowNanos);
    boolean isTaken = allocator.askForMap(key.get(1), look.answer);
    if (isTaken) {
      looks.put(key, look);
    }
    return isTaken;
  }

  /** Whether there is a map of an arena, or will be. */
  private boolean isTaken(List<String> key, LiteAllocatorMetric allocator, Look look) {
    long nowNanos = nanoTime.getAsLong();
    if (!look.isDue(nowNanos)) {
      return look.isAsked || look.latest != null; // in this order: it becomes a map meanwhile
    }
    look.ask(nowNanos);
    boolean isTaken = allocator.askForMap(key.get(1), look.answer);
    if (!isTaken) {
      looks.remove(key); // the arena is gone
    }
    return isTaken;
  }

  /** Forgets what was looked at longest ago, if too much is kept; {@code false} if none may be. */
  private boolean makeRoom(long nowNanos) {
    if (looks.size() < MAX_KEPT) {
      return true;
    }
    Iterator<Look> eldestFirst = looks.values().iterator();
    while (eldestFirst.hasNext()) {
      if (eldestFirst.next().isDue(nowNanos)) {
        eldestFirst.remove();
        return true;
      }
    }
    return false;
  }
}
