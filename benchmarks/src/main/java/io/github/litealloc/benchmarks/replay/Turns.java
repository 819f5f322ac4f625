package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.record.Traffic;

/**
 * Says for each event of a history how many of its buffer's events come before it, so that threads
 * can wait for their turns. Unchangeable.
 */
final class Turns {

  private final int[] turnOf;

  Turns(Traffic traffic) {
    this.turnOf = new int[traffic.events()];
    int[] counts = new int[traffic.buffers()];
    for (int event = 0; event < turnOf.length; event++) {
      turnOf[event] = counts[traffic.buffer(event)]++;
    }
  }

  int of(int event) {
    return turnOf[event];
  }
}
