package io.github.litealloc.netty;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what another thread will do in its own time. */
public final class Eventually {

  private static final long PATIENCE_SECONDS = 30;

  private Eventually() {}

  /** Fails if the condition does not come true. */
  public static void eventually(BooleanSupplier condition, Supplier<?> state)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        fail("still not so after " + PATIENCE_SECONDS + " s: " + state.get());
      }
      Thread.sleep(10);
    }
  }
}
