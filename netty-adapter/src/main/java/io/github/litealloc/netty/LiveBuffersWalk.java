package io.github.litealloc.netty;

import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.SizeRange;
import java.time.Clock;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the sizes and ages of all live buffers, without an object for each, while the owners of
 * the arenas go on. As with {@link BufferWalk}, what changes meanwhile is seen before or after.
 */
final class LiveBuffersWalk {

  /** An arena with more buffers has only some of them looked at, evenly. */
  static final int MAX_LOOKED_AT = 100_000;

  private final long nowNanos = CoarseClock.step(); // so that ages are right from now on
  private final Map<ArenaStatistics, LiveBuffers.OfArena> arenas = new IdentityHashMap<>();
  private final long[] buffers = new long[SizeRange.values().length];
  private long oldestNanos;

  private LiveBuffersWalk() {}

  static LiveBuffers look(List<BufferArena> arenas) {
    LiveBuffersWalk walk = new LiveBuffersWalk();
    long millis = Clock.systemUTC().millis();
    for (BufferArena arena : arenas) {
      walk.add(arena);
    }
    return new LiveBuffers(millis, walk.arenas, walk.buffers);
  }

  private void add(BufferArena arena) {
    oldestNanos = 0;
    BufferPool.Listed listed = arena.pool().listed();
    @Nullable LiteByteBuf[] table = listed.buffers();
    int step = 1 + table.length / MAX_LOOKED_AT;
    for (int number = 0; number < table.length; number += step) {
      LiteByteBuf buffer = table[number];
      if (buffer == null) {
        addWeaklyHeld(listed.weaklyHeld().out(number), step);
      } else if (buffer.refCnt() > 0 && !buffer.isInAnotherArena()) {
        add(buffer.capacity(), buffer.allocatedNanos(), step);
      }
    }
    int waiting = arena.arena().waitingRemoteFrees(LiveBuffers.MAX_WAITING);
    arenas.put(arena.statistics(), new LiveBuffers.OfArena(oldestNanos, waiting));
  }

  private void addWeaklyHeld(@Nullable WeaklyHeldBuffer out, int step) {
    if (out != null && (out.get() == null || !out.place().isInAnotherArena())) {
      add(out.place().capacity(), out.allocatedNanos(), step);
    }
  }

  private void add(int capacityBytes, long allocatedNanos, int step) {
    buffers[SizeRange.of(capacityBytes).ordinal()] += step;
    oldestNanos = Math.max(oldestNanos, nowNanos - allocatedNanos);
  }
}
