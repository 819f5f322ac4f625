package io.github.litealloc.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LifetimesTest {

  private static final int LIVE = 1_024;
  private static final int DRAWS = 200_000;

  @ParameterizedTest
  @EnumSource
  void sequence_sameSeed_isTheSameAndWithinTheSlots(Lifetimes lifetimes) {
    int[] slots = lifetimes.sequence(DRAWS, LIVE, 1);

    assertThat(lifetimes.sequence(DRAWS, LIVE, 1)).isEqualTo(slots);
    assertThat(Arrays.stream(slots).min()).hasValue(0);
    assertThat(Arrays.stream(slots).max().getAsInt()).isLessThan(LIVE);
  }

  @Test
  void sequence_uniform_hasItsMeanInTheMiddle() {
    double mean = Arrays.stream(Lifetimes.UNIFORM.sequence(DRAWS, LIVE, 1)).average().orElseThrow();

    assertThat(mean).isCloseTo(LIVE / 2.0, within(10.0));
  }

  @Test
  void sequence_geometric_replacesTheFirstSlotsMostOften() {
    int[] slots = Lifetimes.GEOMETRIC.sequence(DRAWS, LIVE, 1);
    long firstEighth = Arrays.stream(slots).filter(slot -> slot < LIVE / 8).count();
    long lastHalf = Arrays.stream(slots).filter(slot -> slot >= LIVE / 2).count();

    assertThat(firstEighth / (double) DRAWS).isCloseTo(1 - 1 / Math.E, within(0.01));
    assertThat(lastHalf / (double) DRAWS).isCloseTo(Math.exp(-4), within(0.01)).isPositive();
  }
}
