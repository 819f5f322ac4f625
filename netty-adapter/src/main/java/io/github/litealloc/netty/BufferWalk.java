package io.github.litealloc.netty;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the buffers of arenas while their owners go on. A buffer that is allocated, resized or
 * released meanwhile may be seen as it was before or after; any other is seen once, as it is.
 */
final class BufferWalk {

  private BufferWalk() {}

  static OutstandingBuffers outstanding(String allocator, List<BufferArena> arenas) {
    long nowNanos = CoarseClock.step();
    List<OutstandingBuffer> found = new ArrayList<>();
    for (BufferArena arena : arenas) {
      arena.requestRefresh(); // what is allocated from now on is told apart by its stamp
      addOutstanding(arena, nowNanos, found);
    }
    return new OutstandingBuffers(allocator, nowNanos, found);
  }

  private static void addOutstanding(
      BufferArena arena, long nowNanos, List<OutstandingBuffer> found) {
    // Each number is a buffer's own, and asked once, so no buffer can be seen twice.
    ArenaMetric metric = arena.metric();
    BufferPool.Listed listed = arena.pool().listed();
    @Nullable LiteByteBuf[] buffers = listed.buffers();
    WeaklyHeldBuffers weaklyHeld = listed.weaklyHeld();
    for (int number = 0; number < buffers.length; number++) {
      LiteByteBuf buffer = buffers[number];
      if (buffer != null) {
        if (buffer.refCnt() > 0 && !buffer.isInAnotherArena()) {
          found.add(plain(metric, buffer, nowNanos));
        }
      } else {
        WeaklyHeldBuffer out = weaklyHeld.out(number);
        if (out != null && !isInAnotherArena(out)) {
          boolean isForgotten = out.get() == null && weaklyHeld.out(number) == out;
          found.add(weaklyHeld(metric, out, isForgotten, nowNanos));
        }
      }
    }
  }

  private static boolean isInAnotherArena(WeaklyHeldBuffer weaklyHeld) {
    // If it was forgotten, nobody but this arena can tell of it.
    return weaklyHeld.get() != null && weaklyHeld.place().isInAnotherArena();
  }

  private static OutstandingBuffer plain(ArenaMetric metric, LiteByteBuf buffer, long nowNanos) {
    return new OutstandingBuffer(
        metric.eventLoop(),
        metric.stage(),
        buffer.capacity(),
        ageNanos(buffer.allocatedNanos(), nowNanos),
        buffer.isMoved(),
        false,
        List.of());
  }

  private static OutstandingBuffer weaklyHeld(
      ArenaMetric metric, WeaklyHeldBuffer weaklyHeld, boolean isForgotten, long nowNanos) {
    WeaklyHeldBuffer.Place place = weaklyHeld.place();
    WeaklyHeldBuffer.Sample sample = weaklyHeld.sample();
    return new OutstandingBuffer(
        metric.eventLoop(),
        metric.stage(),
        place.capacity(),
        ageNanos(weaklyHeld.allocatedNanos(), nowNanos),
        !place.isInArena(),
        isForgotten,
        sample == null ? List.of() : sample.stack().elements());
  }

  private static long ageNanos(long allocatedNanos, long nowNanos) {
    // It may have been allocated since the walk began.
    return Math.max(0, nowNanos - allocatedNanos);
  }

  static Holders holders(String allocator, int everyN, List<BufferArena> arenas) {
    long nowNanos = CoarseClock.step();
    Map<List<StackTraceElement>, Site> sites = new LinkedHashMap<>();
    for (BufferArena arena : arenas) {
      WeaklyHeldBuffers weaklyHeld = arena.pool().listed().weaklyHeld();
      for (int number = 0; number < weaklyHeld.limit(); number++) {
        WeaklyHeldBuffer out = weaklyHeld.out(number);
        WeaklyHeldBuffer.Sample sample = out == null ? null : out.sample();
        if (out != null && sample != null && !isInAnotherArena(out)) {
          sites
              .computeIfAbsent(sample.stack().elements(), stack -> new Site())
              .add(arena, out, sample.everyN(), nowNanos);
        }
      }
    }
    List<Holder> holders = new ArrayList<>();
    sites.forEach((stack, site) -> holders.add(site.holder(stack)));
    return new Holders(allocator, everyN, holders);
  }

  /** What adds up for one call site. */
  private static final class Site {
    private final Map<BufferArena, Set<Integer>> chunks = new HashMap<>();
    private long buffers;
    private long bytes;
    private long pinnedBytes;
    private long estimatedBuffers;
    private long estimatedBytes;
    private long oldestAgeNanos;

    void add(BufferArena arena, WeaklyHeldBuffer weaklyHeld, int everyN, long nowNanos) {
      WeaklyHeldBuffer.Place place = weaklyHeld.place();
      buffers++;
      bytes += place.capacity();
      estimatedBuffers += everyN;
      estimatedBytes += (long) everyN * place.capacity();
      oldestAgeNanos = Math.max(oldestAgeNanos, ageNanos(weaklyHeld.allocatedNanos(), nowNanos));
      if (place.isInArena()
          && chunks.computeIfAbsent(arena, of -> new HashSet<>()).add(place.chunk())) {
        pinnedBytes += place.chunkBytes();
      }
    }

    Holder holder(List<StackTraceElement> stack) {
      return new Holder(
          stack, buffers, bytes, pinnedBytes, estimatedBuffers, estimatedBytes, oldestAgeNanos);
    }
  }
}
