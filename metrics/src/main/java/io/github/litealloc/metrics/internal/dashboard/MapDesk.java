package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.netty.ArenaMap;
import io.github.litealloc.netty.LiteAllocatorMetric;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Has event loops draw maps of their memory for those who look at one. It never waits: an answer is
 * the latest map there is, and asks for the next one. Called on one thread; event loops bring their
 * maps on theirs.
 */
final class MapDesk implements Endpoint {
  /*
   * Each loop is asked once at a time, and for a hundredth of its time at most, however many people
   * look, or how often: a map costs the loop that is looked at.
   */

  /** Of so many arenas the last map is kept. */
  private static final int MAX_KEPT = 8;

  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int SHARE_OF_TIME = 100;

  /** After so long a loop that has not answered may be asked again: it may have lost the task. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** One arena that somebody looks at. */
  private static final class Look {
    volatile @Nullable ArenaMap latest;
    volatile boolean isAsked;
    long askedNanos;

    void answer(ArenaMap map) {
      latest = map;
      isAsked = false;
    }
  }

  private final Map<String, LiteAllocatorMetric> allocators = new LinkedHashMap<>();
  private final LongSupplier nanoTime;
  private final Map<List<String>, Look> looks =
      new LinkedHashMap<>(MAX_KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<String>, Look> eldest) {
          return size() > MAX_KEPT;
        }
      };

  MapDesk(List<LiteAllocatorMetric> allocators, LongSupplier nanoTime) {
    allocators.forEach(allocator -> this.allocators.put(allocator.name(), allocator));
    this.nanoTime = nanoTime;
  }

  @Override
  public Answer answer(HttpRequest request) {
    Map<String, List<String>> query = new QueryStringDecoder(request.uri()).parameters();
    String name = first(query, "allocator");
    String eventLoop = first(query, "eventLoop");
    LiteAllocatorMetric allocator = allocators.get(name);
    if (allocator == null || eventLoop.isEmpty()) {
      return Answer.text(
          HttpResponseStatus.NOT_FOUND,
          "No such allocator. A map wants ?allocator=NAME&eventLoop=NAME, as the snapshot has them.");
    }
    Look look = looks.computeIfAbsent(List.of(name, eventLoop), key -> new Look());
    boolean canBeAsked = !isDue(look) || ask(allocator, eventLoop, look);
    return Answer.ok(Answer.JSON, MapJson.write(name, eventLoop, look.latest, canBeAsked));
  }

  private static String first(Map<String, List<String>> query, String key) {
    List<String> values = query.getOrDefault(key, List.of());
    return values.isEmpty() ? "" : values.get(0);
  }

  private boolean isDue(Look look) {
    long sinceNanos = nanoTime.getAsLong() - look.askedNanos;
    if (look.isAsked) {
      return sinceNanos > PATIENCE_NANOS;
    }
    ArenaMap map = look.latest;
    return map == null || sinceNanos > Math.max(INTERVAL_NANOS, SHARE_OF_TIME * map.tookNanos());
  }

  private boolean ask(LiteAllocatorMetric allocator, String eventLoop, Look look) {
    look.askedNanos = nanoTime.getAsLong();
    look.isAsked = true; // first: the answer may come before the call is back
    boolean isTaken = allocator.askForMap(eventLoop, look::answer);
    if (!isTaken) {
      look.isAsked = false;
      look.latest = null; // of an arena that is gone
    }
    return isTaken;
  }
}
