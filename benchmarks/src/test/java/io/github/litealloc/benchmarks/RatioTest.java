package io.github.litealloc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class RatioTest {

  @Test
  void of_rounds_isTheirGeometricMean() {
    Ratio ratio = Ratio.of(List.of(10.0, 40.0), List.of(20.0, 20.0));

    assertThat(ratio.value()).isCloseTo(1, within(1e-9));
  }

  @Test
  void of_ratioThatNeverVaries_hasAnIntervalWithoutWidthWhateverTheTimes() {
    Ratio ratio = Ratio.of(List.of(1.0, 30.0, 500.0), List.of(2.0, 60.0, 1_000.0));

    assertThat(ratio.value()).isCloseTo(0.5, within(1e-9));
    assertThat(ratio.low()).isCloseTo(0.5, within(1e-9));
    assertThat(ratio.high()).isCloseTo(0.5, within(1e-9));
  }

  @Test
  void of_threeRounds_hasStudentsInterval() {
    double e = Math.E;

    Ratio ratio = Ratio.of(List.of(1.0, e, e * e), List.of(1.0, 1.0, 1.0));

    // The logarithms are 0, 1 and 2: mean 1, deviation 1; the quantile for two degrees of freedom
    // is 4.3027 in every table.
    double error = 4.3027 / Math.sqrt(3);
    assertThat(Math.log(ratio.value())).isCloseTo(1, within(1e-9));
    assertThat(Math.log(ratio.low())).isCloseTo(1 - error, within(1e-4));
    assertThat(Math.log(ratio.high())).isCloseTo(1 + error, within(1e-4));
    assertThat(ratio.hasInterval()).isTrue();
  }

  @Test
  void of_oneRound_hasNoInterval() {
    Ratio ratio = Ratio.of(List.of(1.0), List.of(2.0));

    assertThat(ratio.value()).isEqualTo(0.5);
    assertThat(ratio.hasInterval()).isFalse();
  }

  @Test
  void of_differentNumbersOfRounds_isRefused() {
    assertThatThrownBy(() -> Ratio.of(List.of(1.0, 2.0), List.of(1.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 and 1");
    assertThatThrownBy(() -> Ratio.of(List.of(), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
