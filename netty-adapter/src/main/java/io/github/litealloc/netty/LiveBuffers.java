package io.github.litealloc.netty;

import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.SizeRange;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@link LiteAllocatorMetric#lookAtLiveBuffers} has found: how large live buffers are, how old
 * the oldest of each arena is, and what waits for its owner. An immutable snapshot that refers to
 * no buffer.
 *
 * @since 0.1.0
 */
public final class LiveBuffers {

  /** Nothing is live. */
  public static final LiveBuffers NONE =
      new LiveBuffers(0, new IdentityHashMap<>(), new long[SizeRange.values().length]);

  /**
   * What was found of one arena.
   *
   * @param oldestNanos the age of its oldest live buffer in nanoseconds, 0 if none is live; at most
   *     about a second more than the truth
   * @param waitingRemoteFrees how many buffers that others have released wait for its owner,
   *     counted up to {@link #MAX_WAITING}; 0 for an arena without an owner
   */
  public record OfArena(long oldestNanos, long waitingRemoteFrees) {

    private static final OfArena NOTHING = new OfArena(0, 0);
  }

  /** No more than so many remote frees are counted for an arena. */
  public static final int MAX_WAITING = 20_000;

  private final long takenMillis;
  private final Map<ArenaStatistics, OfArena> arenas;
  private final long[] buffers;

  LiveBuffers(long takenMillis, Map<ArenaStatistics, OfArena> arenas, long[] buffers) {
    this.takenMillis = takenMillis;
    this.arenas = arenas;
    this.buffers = buffers;
  }

  /** {@return when the look was taken, in Unix milliseconds} */
  public long takenMillis() {
    return takenMillis;
  }

  /**
   * Returns what was found of one arena.
   *
   * @param arena the arena's statistics, by which it is told apart
   * @return zeros for one that was not there
   */
  public OfArena of(ArenaStatistics arena) {
    return arenas.getOrDefault(arena, OfArena.NOTHING);
  }

  /**
   * Returns how many live buffers of all arenas have a capacity in a range.
   *
   * @param sizes the range
   * @return buffers; an estimate where an arena has very many
   */
  public long buffers(SizeRange sizes) {
    return buffers[sizes.ordinal()];
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("LiveBuffers(");
    for (SizeRange each : List.of(SizeRange.values())) {
      text.append(each.ordinal() == 0 ? "" : ", ").append(each.id()).append(": ");
      text.append(buffers(each));
    }
    return text.append(')').toString();
  }
}
