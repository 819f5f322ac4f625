package io.github.litealloc.benchmarks.demo.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A cache that nobody ever empties, as servers have them by mistake. It grows with time, whatever
 * the load, and has an end, so that a demo that nobody stops does not take the whole machine. Safe
 * for all threads.
 */
public final class LeakyCache {

  private static final int BYTES = 8 << 10;
  private static final long PER_SECOND = 200;

  private final long started = System.nanoTime();
  private final Queue<ByteBuf> kept = new ConcurrentLinkedQueue<>();
  private final AtomicLong count = new AtomicLong();
  private final long max;

  /** An empty one that fills a budget, and a quarter more. */
  public LeakyCache(long maxBytes) {
    max = maxBytes / BYTES * 5 / 4;
  }

  /** Keeps another buffer if it is time. */
  void maybeKeepOne(ByteBufAllocator allocator) {
    long due = (System.nanoTime() - started) * PER_SECOND / TimeUnit.SECONDS.toNanos(1);
    long before = count.get();
    if (before < Math.min(due, max) && count.compareAndSet(before, before + 1)) {
      kept.add(allocator.directBuffer(BYTES));
    }
  }

  /** Returns how many buffers there are. */
  public long count() {
    return kept.size();
  }

  /** What the author of such a cache has forgotten. */
  public void releaseAll() {
    for (ByteBuf buffer = kept.poll(); buffer != null; buffer = kept.poll()) {
      buffer.release();
    }
  }
}
