package io.github.litealloc.netty.internal.backpressure;

/** Whether memory gets less, from one look at it to the next and since the first. One thread. */
final class MemoryWatch {

  private long reservedBytes;
  private long usedBytes;
  private long lowestReservedBytes;
  private long lowestUsedBytes;
  private boolean shrunk;
  private int stillTicks;

  void start(long reserved, long used) {
    reservedBytes = reserved;
    usedBytes = used;
    lowestReservedBytes = reserved;
    lowestUsedBytes = used;
    shrunk = false;
    stillTicks = 0;
  }

  void look(long reserved, long used) {
    shrunk = reserved < reservedBytes || used < usedBytes;
    reservedBytes = reserved;
    usedBytes = used;
    // A new low is progress. To fall after having grown is not: small buffers that come and go
    // would count as progress for ever.
    if (reserved < lowestReservedBytes || used < lowestUsedBytes) {
      lowestReservedBytes = Math.min(reserved, lowestReservedBytes);
      lowestUsedBytes = Math.min(used, lowestUsedBytes);
      stillTicks = 0;
    } else {
      stillTicks++;
    }
  }

  /** Whether the last look found less than the one before. */
  boolean hasShrunk() {
    return shrunk;
  }

  /** How many looks ago there was as little as never before since the start. */
  int stillTicks() {
    return stillTicks;
  }
}
