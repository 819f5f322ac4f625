package io.github.litealloc.benchmarks.demo.load;

import io.github.litealloc.benchmarks.demo.server.DemoServer;
import java.util.concurrent.TimeUnit;

/** How the load goes with time. */
public enum LoadWaves {
  /** The same all the time. */
  STEADY,
  /** Now and then a wave of large bodies. */
  WAVES,
  /** Bursts of large bodies, and silence between. */
  BURSTS,
  /** Large bodies all the time. */
  FLOOD;

  /** Until here the load is steady: the JVM compiles. */
  public static final int WARM_UP_SECONDS = 3;

  private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS);
  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(8);
  private static final long CREST_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** What the load does at one moment. */
  public enum Phase {
    /** Nothing is asked. */
    SILENT,
    /** Bodies have the size that the user chose. */
    ORDINARY,
    /** Bodies are large. */
    LARGE
  }

  /** Returns what to do so long after the start. */
  public Phase phase(long nanos) {
    if (this == FLOOD) {
      return Phase.LARGE;
    }
    if (this == STEADY || nanos < WARM_UP_NANOS) {
      return Phase.ORDINARY;
    }
    boolean crest = (nanos - WARM_UP_NANOS) % PERIOD_NANOS < CREST_NANOS;
    if (crest) {
      return Phase.LARGE;
    }
    return this == BURSTS ? Phase.SILENT : Phase.ORDINARY;
  }

  /**
   * Returns the size around which large bodies are.
   *
   * @param maxBytes the ceiling
   * @param inFlight how many requests there are at a time
   */
  public int largeBytes(long maxBytes, int inFlight) {
    long together =
        switch (this) {
          case FLOOD -> 4 * maxBytes;
          case BURSTS -> Math.min(64L << 20, maxBytes / 4);
          default -> Math.min(24L << 20, maxBytes / 8);
        };
    long most = DemoServer.MAX_BODY_BYTES / RequestMix.LARGEST;
    return (int) Math.max(1, Math.min(most, together / inFlight));
  }
}
