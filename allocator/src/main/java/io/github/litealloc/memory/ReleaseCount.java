package io.github.litealloc.memory;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What the calling thread gives back to the system while it does some work, through whatever store:
 * chunks that a store keeps, or could not give back, are not in it, and neither is what other
 * threads give back meanwhile, who may count for themselves.
 *
 * @since 0.1.0
 */
public final class ReleaseCount {

  private static final ThreadLocal<@Nullable ReleaseCount> COUNTING = new ThreadLocal<>();

  private static final LongAdder RELEASES = new LongAdder();
  private static final LongAdder NANOS = new LongAdder();

  private long bytes;

  private ReleaseCount() {}

  /**
   * Does some work and counts. Whoever counts around it counts the same bytes, too.
   *
   * @param work what may give memory back; what it throws gets to the caller
   * @return the bytes that the calling thread has given back to the system meanwhile
   */
  public static long during(Runnable work) {
    ReleaseCount outer = COUNTING.get();
    ReleaseCount inner = new ReleaseCount();
    COUNTING.set(inner);
    try {
      work.run();
    } finally {
      if (outer == null) {
        COUNTING.remove(); // a thread must not keep this class after the application has gone
      } else {
        outer.bytes += inner.bytes;
        COUNTING.set(outer);
      }
    }
    return inner.bytes;
  }

  /**
   * {@return how often the process has given a chunk, or pages of one, back to the system} Any
   * thread.
   */
  public static long processReleases() {
    return RELEASES.sum();
  }

  /**
   * {@return the nanoseconds for which threads have waited for the system to take back {@link
   * #processReleases}} Any thread.
   */
  public static long processNanos() {
    return NANOS.sum();
  }

  /** A chunk or some of its pages have gone back to the system, and that took so long. */
  static void add(long bytes, long nanos) {
    RELEASES.increment();
    NANOS.add(nanos);
    ReleaseCount count = COUNTING.get();
    if (count != null) {
      count.bytes += bytes;
    }
  }
}
