package io.github.litealloc.metrics.internal;

import io.github.litealloc.netty.LiteAllocatorMetric;

/**
 * What one allocator has live outside of its arenas.
 *
 * @param directBytes bytes of direct buffers, outside of the ceiling
 * @param directBuffers how many those are
 * @param heapBytes bytes of heap buffers
 * @param heapBuffers how many those are
 * @param passThrough whether it is switched off
 */
public record ElsewhereFigures(
    long directBytes, long directBuffers, long heapBytes, long heapBuffers, boolean passThrough) {

  /** Nothing. */
  public static final ElsewhereFigures NONE = new ElsewhereFigures(0, 0, 0, 0, false);

  static ElsewhereFigures of(LiteAllocatorMetric metric) {
    return new ElsewhereFigures(
        metric.elsewhereBytes(),
        metric.elsewhereBuffers(),
        metric.heapBytes(),
        metric.heapBuffers(),
        metric.isPassThrough());
  }
}
