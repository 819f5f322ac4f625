package io.github.litealloc.memory;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Arenas that were refused memory a moment ago, in the order in which they were. As soon as there
 * is room for all that one of them asked for, it is kept for it; else whoever lets go of a chunk
 * and takes it again would always come first. Guarded by the monitor of the budget.
 */
final class Wishes {
  /*
   * Room is kept for a whole wish or not at all: a wish that can never be granted must not keep
   * others from what it cannot use. And not for long, since its arena may have no further use for it.
   */

  /** How long a wish lasts after it was last refused. */
  static final long LIFE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final LongSupplier nanoTime;
  private final Queue<Floor> floors = new ArrayDeque<>();

  Wishes(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  boolean isEmpty() {
    return floors.isEmpty();
  }

  /** An arena has been refused so many bytes. If it was before, it keeps its place. */
  void add(Floor floor, long bytes) {
    if (!floor.hasWish()) {
      floors.add(floor);
    }
    floor.wish(bytes, nanoTime.getAsLong());
  }

  /**
   * An arena needs no more than it has.
   *
   * @return by how much less is committed to it
   */
  long remove(Floor floor) {
    return floors.remove(floor) ? end(floor) : 0;
  }

  /**
   * Ends what is too old.
   *
   * @return by how much less is committed
   */
  long removeOld() {
    long freed = 0;
    if (!floors.isEmpty()) {
      long nowNanos = nanoTime.getAsLong();
      for (Iterator<Floor> all = floors.iterator(); all.hasNext(); ) {
        Floor floor = all.next();
        if (nowNanos - floor.wishedNanos() >= LIFE_NANOS) {
          all.remove();
          freed += end(floor);
        }
      }
    }
    return freed;
  }

  private static long end(Floor floor) {
    long before = floor.committedBytes();
    floor.endWish();
    return before - floor.committedBytes();
  }

  /**
   * Keeps room for those for whom there is enough.
   *
   * @param roomBytes what is not committed
   * @return by how much more is committed
   */
  long grant(long roomBytes) {
    long granted = 0;
    for (Floor floor : floors) {
      granted += floor.grantWish(roomBytes - granted);
    }
    return granted;
  }
}
