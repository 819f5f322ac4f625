package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A buffer does not end while somebody holds it, whichever of the two comes first. */
final class HoldRaceStressTest {

  @Test
  void release_whileAnotherThreadBeginsToHold_endsNoHeldBuffer() throws Exception {
    assertThat(new HoldRace().run(200_000, HoldRace.Subject::release)).isZero();
  }
}
