package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.record.Traffic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a history into slices, in each of which every thread has its own events, in order. Threads
 * wait for each other between slices, so that none gets far ahead of the others.
 */
final class Slices {

  /**
   * One slice.
   *
   * @param endNanos when it ended, in the history
   * @param eventsOf for each thread the numbers of its events
   */
  record Slice(long endNanos, int[][] eventsOf) {}

  private Slices() {}

  /**
   * Cuts.
   *
   * @param traffic the history
   * @param nanos the longest slice
   * @param events the most events in a slice
   */
  static List<Slice> of(Traffic traffic, long nanos, int events) {
    List<Slice> slices = new ArrayList<>();
    int begin = 0;
    while (begin < traffic.events()) {
      long endNanos = traffic.nanos(begin) + nanos;
      int end = begin;
      while (end < traffic.events() && end - begin < events && traffic.nanos(end) < endNanos) {
        end++;
      }
      slices.add(slice(traffic, begin, end));
      begin = end;
    }
    return slices;
  }

  private static Slice slice(Traffic traffic, int begin, int end) {
    int[] counts = new int[traffic.threads()];
    for (int event = begin; event < end; event++) {
      counts[traffic.thread(event)]++;
    }
    int[][] eventsOf = new int[counts.length][];
    for (int thread = 0; thread < counts.length; thread++) {
      eventsOf[thread] = new int[counts[thread]];
    }
    Arrays.fill(counts, 0);
    for (int event = begin; event < end; event++) {
      int thread = traffic.thread(event);
      eventsOf[thread][counts[thread]++] = event;
    }
    return new Slice(traffic.nanos(end - 1), eventsOf);
  }
}
