package io.github.litealloc.metrics;

/** Waits for what another thread does, or for a snapshot to grow old. */
public final class Eventually {

  private static final long LIMIT_NANOS = 10_000_000_000L;

  /** Assertions. */
  @FunctionalInterface
  public interface Check {
    void run() throws Exception;
  }

  private Eventually() {}

  /** Runs assertions until they hold; after ten seconds their failure is the test's. */
  public static void eventually(Check assertions) throws Exception {
    long start = System.nanoTime();
    while (true) {
      try {
        assertions.run();
        return;
      } catch (AssertionError e) {
        if (System.nanoTime() - start > LIMIT_NANOS) {
          throw e;
        }
        Thread.sleep(20);
      }
    }
  }
}
