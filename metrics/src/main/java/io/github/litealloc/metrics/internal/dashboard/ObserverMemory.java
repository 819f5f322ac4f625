package io.github.litealloc.metrics.internal.dashboard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;

/**
 * The memory of the dashboard's connections. It is none of the observed allocator's, and is taken
 * at the start: when the JVM's direct memory is full, the figures are still to be had. More than
 * that is asked for only when more than that is on its way.
 */
final class ObserverMemory implements AutoCloseable {

  private static final int PAGE_BYTES = 8 * 1024;

  /** Chunks of 4 MiB, of which only what is used ever becomes resident. */
  private static final int MAX_ORDER = 9;

  private static final int DIRECT_ARENAS = 1;

  private final PooledByteBufAllocator allocator =
      new PooledByteBufAllocator(true, 0, DIRECT_ARENAS, PAGE_BYTES, MAX_ORDER, 0, 0, false);

  /** Holds on to the first chunk. */
  private final ByteBuf seat = allocator.directBuffer(16, 16);

  ByteBufAllocator allocator() {
    return allocator;
  }

  /** Gives the memory back; what is on its way stays valid. */
  @Override
  public void close() {
    seat.release();
    allocator.trimCurrentThreadCache();
  }
}
