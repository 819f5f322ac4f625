package io.github.litealloc.netty;

import org.junit.jupiter.api.Test;

/**
 * What happens if the owner's last release is a store instead of an atomic update: prints how often
 * a buffer ended although another thread held it, and judges nothing.
 */
final class HoldRaceExperiment {

  private static final int ROUNDS = 10_000_000;

  @Test
  void storeInsteadOfAtomicUpdate() throws Exception {
    long byStore = new HoldRace().run(ROUNDS, HoldRace.Subject::releaseByStore);
    long byAtomic = new HoldRace().run(ROUNDS, HoldRace.Subject::release);
    System.out.printf(
        "ended while held, of %,d: %,d with a store, %,d with Netty's atomic update%n",
        ROUNDS, byStore, byAtomic);
  }
}
