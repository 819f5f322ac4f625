package io.github.litealloc.memory;

import io.github.litealloc.internal.Queues;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Arenas that were refused memory a moment ago, in the order in which they were. As soon as there
 * is room for all that one of them asked for, it is kept for it; else whoever lets go of a chunk
 * and takes it again would always come first. Guarded by the monitor of the budget.
 */
final class Wishes implements Iterable<Floor> {
  /*
   * Room is kept for a whole wish or not at all: a wish that can never be granted must not keep
   * others from what it cannot use. And not for long, since its arena may have no further use for it.
   */

  /** How long a wish lasts after it was last refused. */
  static final long LIFE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final LongSupplier nanoTime;
  private final Queue<Floor> floors = Queues.unforgetting();

  Wishes(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  boolean isEmpty() {
    return floors.isEmpty();
  }

  /** An arena has been refused so many bytes. If it was before, it keeps its place. */
  void add(Floor floor, long bytes) {
    long nowNanos = nanoTime.getAsLong();
    if (!floors.contains(floor)) {
      floors.add(floor); // what can fail comes first
    }
    floor.wish(bytes, nowNanos);
  }

  /** An arena has no wish any more. */
  void remove(Floor floor) {
    floors.remove(floor);
  }

  /** An arena whose wish is too old, if there is one. */
  @Nullable Floor anyOld() {
    if (!floors.isEmpty()) {
      long nowNanos = nanoTime.getAsLong();
      for (Floor floor : floors) {
        if (nowNanos - floor.wishedNanos() >= LIFE_NANOS) {
          return floor;
        }
      }
    }
    return null;
  }

  /** In the order in which they are granted. */
  @Override
  public Iterator<Floor> iterator() {
    return floors.iterator();
  }
}
