package io.github.litealloc.netty.internal.backpressure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RisksWithoutRoomTest {

  private final RisksWithoutRoom risks = new RisksWithoutRoom();

  /** Returns how long the rest takes that begins now. */
  private long restFrom(long tick) {
    risks.lost(tick);
    long end = tick;
    while (!risks.mayTry(end)) {
      end++;
    }
    return end - tick;
  }

  @Test
  void mayTry_afterTriesInVain_isLaterEachTimeUpToTwoSeconds() {
    assertThat(risks.mayTry(0)).isTrue();

    assertThat(restFrom(0)).isEqualTo(25);
    assertThat(restFrom(100)).isEqualTo(50);
    assertThat(restFrom(200)).isEqualTo(100);
    assertThat(restFrom(400)).isEqualTo(100);
  }

  @Test
  void fellToNewLow_afterTriesInVain_nextRestIsShortButThisOneGoesOn() {
    restFrom(0);
    restFrom(100);
    risks.fellToNewLow();

    assertThat(risks.mayTry(149)).isFalse();
    assertThat(restFrom(200)).isEqualTo(25);
  }

  @Test
  void isCalm_untilMemoryGrows_andAgainHalfASecondLater() {
    assertThat(risks.isCalm(0)).isTrue();
    risks.grew(7);

    assertThat(risks.grewIn(7)).isTrue();
    assertThat(risks.grewIn(8)).isFalse();
    assertThat(risks.isCalm(31)).isFalse();
    assertThat(risks.isCalm(32)).isTrue();
  }
}
