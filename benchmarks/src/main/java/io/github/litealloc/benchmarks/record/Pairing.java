package io.github.litealloc.benchmarks.record;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which release belongs to which allocation, from events in the order of time. One
 * thread.
 */
final class Pairing {
  /*
   * By address, which is unique among live buffers. One exception: with sun.misc.Unsafe, the event of
   * an allocation from Netty's pooled allocator tells the address of the buffer object's former life,
   * or 0 if it had none (seen in 4.2.18). Those are paired by the size of the block: any order among
   * blocks of one size leaves as many of them live at each moment, which is what memory is about;
   * how long each of them lived, and which thread released it, is then a guess. The guess prefers a
   * buffer of the same thread, the oldest first.
   */

  /**
   * What an event says.
   *
   * @param kind what has happened
   * @param nanos when, since the first event
   * @param thread the number of the thread
   * @param allocator the name of the allocator's class
   * @param address where the buffer was, 0 if Netty does not tell
   * @param size its capacity
   * @param blockSize up to where it could grow there
   * @param newSize its capacity after a resize
   */
  record Seen(
      Traffic.Kind kind,
      long nanos,
      int thread,
      String allocator,
      long address,
      int size,
      int blockSize,
      int newSize) {

    Seen since(long start) {
      return new Seen(kind, nanos - start, thread, allocator, address, size, blockSize, newSize);
    }
  }

  private static final int MAX_LOOKED_AT = 64;
  private static final double MAX_ODD_SHARE = 0.1;

  private record Live(int buffer, int thread) {}

  private final boolean bySize;
  private final Traffic.Builder traffic;
  private final Map<Long, Live> liveAt = new HashMap<>();
  private final Map<Integer, Deque<Live>> liveOfSize = new HashMap<>();
  private final Map<Integer, Moving> moving = new HashMap<>();
  private long bornBefore;
  private long releasesMissed;
  private long paired;
  private long withoutAddress;
  private long odd;

  /** A buffer that has left its block, and whose next one comes on the same thread. */
  private record Moving(@Nullable Live live, int newSize) {}

  Pairing(boolean bySize, Traffic.Builder traffic) {
    this.bySize = bySize;
    this.traffic = traffic;
  }

  void add(Seen seen) {
    if (!bySize && seen.address() == 0) {
      withoutAddress++;
      return;
    }
    switch (seen.kind()) {
      case ALLOCATE -> allocated(seen);
      case RESIZE -> {
        Live live = take(seen);
        bornBefore += live == null ? 1 : 0;
        moving.put(seen.thread(), new Moving(live, seen.newSize()));
      }
      case RELEASE -> {
        Live live = take(seen);
        if (live == null) {
          bornBefore++;
        } else {
          paired++;
          traffic.release(seen.nanos(), seen.thread(), live.buffer());
        }
      }
    }
  }

  private void allocated(Seen seen) {
    Moving moved = moving.remove(seen.thread());
    Live live;
    if (moved != null && moved.newSize() == seen.size()) {
      // Of one that was born before, nobody knows what it was: it begins here.
      live = moved.live();
      if (live != null) {
        traffic.resize(seen.nanos(), seen.thread(), live.buffer(), seen.size());
      }
    } else {
      if (moved != null && moved.live() != null) {
        // There was no memory for the new block: the buffer is where it was, and we cannot tell
        // where.
        traffic.release(seen.nanos(), seen.thread(), moved.live().buffer());
        releasesMissed++;
      }
      live = null;
    }
    if (live == null) {
      live = new Live(traffic.allocate(seen.nanos(), seen.thread(), seen.size()), seen.thread());
    }
    if (bySize) {
      liveOfSize.computeIfAbsent(seen.blockSize(), any -> new ArrayDeque<>()).add(live);
      return;
    }
    Live former = liveAt.put(seen.address(), live);
    if (former != null) {
      releasesMissed++;
      odd++;
      traffic.release(seen.nanos(), seen.thread(), former.buffer());
    }
  }

  private @Nullable Live take(Seen seen) {
    if (!bySize) {
      Live live = liveAt.remove(seen.address());
      odd += live == null ? 1 : 0;
      return live;
    }
    Deque<Live> same = liveOfSize.get(seen.blockSize());
    if (same == null || same.isEmpty()) {
      return null;
    }
    int looked = 0;
    for (Iterator<Live> lives = same.iterator(); lives.hasNext(); ) {
      Live live = lives.next();
      if (live.thread() == seen.thread()) {
        lives.remove();
        return live;
      }
      if (++looked == MAX_LOOKED_AT) {
        break;
      }
    }
    return same.poll();
  }

  /** Returns whether addresses tell nothing, as far as these events show. */
  static boolean needsSizes(List<Seen> events) {
    Traffic.Builder nowhere = new Traffic.Builder();
    Pairing trial = new Pairing(false, nowhere);
    for (Seen seen : events) {
      if (seen.kind() == Traffic.Kind.ALLOCATE && seen.address() == 0) {
        return true;
      }
      trial.add(seen);
    }
    return trial.odd > MAX_ODD_SHARE * events.size();
  }

  long bornBefore() {
    return bornBefore;
  }

  long releasesMissed() {
    return releasesMissed;
  }

  long pairedBySize() {
    return bySize ? paired : 0;
  }

  long withoutAddress() {
    return withoutAddress;
  }
}
