package io.github.litealloc.benchmarks.demo.server;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** Counts what went wrong and keeps the first few descriptions. Safe for all threads. */
public final class Problems {

  /** The first few, or one more in a race, say what is wrong; a thousand would say the same. */
  private static final int KEPT = 5;

  private final LongAdder count = new LongAdder();
  private final Queue<String> kept = new ConcurrentLinkedQueue<>();

  public void add(long howMany, String description) {
    count.add(howMany);
    if (kept.size() < KEPT) {
      kept.add(description);
    }
  }

  public long count() {
    return count.sum();
  }

  public List<String> firstFew() {
    return List.copyOf(kept);
  }
}
