package io.github.litealloc.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.LeakDetection;
import io.github.litealloc.benchmarks.Ratio;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetCheckTest {

  private static TargetCheck check(double value, double low, double high) {
    return new TargetCheck(0.5, MadeUp.ADAPTIVE, new Ratio(value, low, high));
  }

  @ParameterizedTest
  @CsvSource({
    "0.4, 0.3, 0.5, met",
    "0.4, 0.3, 0.51, undecided",
    "0.6, 0.5, 0.7, undecided",
    "0.6, 0.51, 0.7, 'missed, 1.20 x the target'",
    "0.1, NaN, NaN, 'undecided: one fork'",
    "9.9, NaN, NaN, 'undecided: one fork'",
  })
  void outcome_interval_isDecidedByItsWholeLength(
      double value, double low, double high, String outcome) {
    assertThat(check(value, low, high).outcome()).isEqualTo(outcome);
  }

  @Test
  void toString_targets_areAsDesigned() {
    assertThat(Scenario.of("allocate-release-64").target())
        .hasToString("<= 0.55 (simple: 0.65) x best peer");
    assertThat(Scenario.of("cycle-16-16384").target())
        .hasToString("<= 0.5 (simple: 0.6) x best peer");
    assertThat(Scenario.of("steady-state-8192-uniform").target())
        .hasToString("<= 0.35 (simple: 0.5) x best peer");
    assertThat(Scenario.of("replace-in-order-65536").target()).hasToString("<= 0.5 x best peer");
    assertThat(Scenario.of("remote-release-256").target()).hasToString("<= 0.7 x best peer");
    assertThat(Scenario.of("growth").target()).hasToString("<= 1 x best peer");
    assertThat(Scenario.of("mixed-width-access").target()).hasToString("<= 1 x best peer");
  }

  @Test
  void of_level_isThatLevelsTarget() {
    Target target = Scenario.of("allocate-release-64").target();

    assertThat(target.of(LeakDetection.DISABLED)).isEqualTo("<= 0.55 x best peer");
    assertThat(target.of(LeakDetection.SIMPLE)).isEqualTo("<= 0.65 x best peer");
    assertThat(target.limit(LeakDetection.SIMPLE)).isEqualTo(0.65);
  }
}
