package io.github.litealloc.metrics.internal;

import io.github.litealloc.ArenaFigures;
import io.github.litealloc.netty.ArenaMetric;
import io.github.litealloc.netty.FailureReason;
import io.github.litealloc.netty.FallbackReason;
import io.github.litealloc.netty.LiveBuffers;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one allocator says at one moment.
 *
 * @param timeMillis when it was read, Unix time in milliseconds
 * @param strategy what arenas are made with now
 * @param total sums over all event loops; counters include arenas that are gone
 * @param arenas how many there are, by strategy and stage; every stage has a value, and so has the
 *     strategy that arenas are made with now
 * @param loops the event loops, by name
 * @param fallbacks requests passed on, by reason; every reason has a value
 * @param fallbackBytes their bytes
 * @param failures requests that threw, by reason; every reason has a value
 * @param elsewhere what is live outside of the arenas
 * @param lockWaits how threads that are no event loops met
 * @param live the last look at all live buffers, at most some seconds ago
 */
public record AllocatorFigures(
    long timeMillis,
    String strategy,
    ArenaFigures total,
    Map<String, Map<ArenaMetric.Stage, Long>> arenas,
    Map<String, LoopFigures> loops,
    Map<FallbackReason, Long> fallbacks,
    Map<FallbackReason, Long> fallbackBytes,
    Map<FailureReason, Long> failures,
    ElsewhereFigures elsewhere,
    LockFigures lockWaits,
    LiveBuffers live) {

  /**
   * Returns how many arenas of all strategies are at one stage.
   *
   * @param stage the stage
   * @return arenas
   */
  public long arenas(ArenaMetric.Stage stage) {
    return arenas.values().stream().mapToLong(of -> of.getOrDefault(stage, 0L)).sum();
  }

  /**
   * Returns how many arenas of one strategy are at one stage.
   *
   * @param strategy its name
   * @param stage the stage
   * @return arenas
   */
  public long arenas(String strategy, ArenaMetric.Stage stage) {
    return arenas.getOrDefault(strategy, Map.of()).getOrDefault(stage, 0L);
  }

  /**
   * Finds an event loop.
   *
   * @param name its name
   * @return its figures, or {@code null} if it has no arena
   */
  public @Nullable ArenaFigures loop(String name) {
    LoopFigures loop = loops.get(name);
    return loop == null ? null : loop.figures();
  }

  /**
   * Finds out about the live buffers of an event loop.
   *
   * @param name its name
   * @return what the last look has found
   */
  public LoopLive live(String name) {
    LoopFigures loop = loops.get(name);
    return loop == null ? LoopLive.NONE : loop.live();
  }

  /** {@return requests that threw} */
  public long allFailures() {
    return failures.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Returns how many requests threw for one reason.
   *
   * @param reason the reason
   * @return requests
   */
  public long failures(FailureReason reason) {
    return failures.getOrDefault(reason, 0L);
  }

  /**
   * Returns how many requests were passed on for one reason.
   *
   * @param reason the reason
   * @return requests
   */
  public long fallbacks(FallbackReason reason) {
    return fallbacks.getOrDefault(reason, 0L);
  }

  /**
   * {@return how many requests for direct buffers were passed on} Heap buffers are passed on by
   * design and do not count.
   */
  public long directFallbacks() {
    long sum = 0;
    for (FallbackReason reason : FallbackReason.values()) {
      sum += reason == FallbackReason.HEAP ? 0 : fallbacks(reason);
    }
    return sum;
  }

  /**
   * Returns the bytes of the requests that were passed on for one reason.
   *
   * @param reason the reason
   * @return bytes
   */
  public long fallbackBytes(FallbackReason reason) {
    return fallbackBytes.getOrDefault(reason, 0L);
  }

  /** {@return the bytes of all requests that were passed on} */
  public long allFallbackBytes() {
    return fallbackBytes.values().stream().mapToLong(Long::longValue).sum();
  }
}
