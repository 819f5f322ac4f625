package io.github.litealloc.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BudgetCheckTest {

  private static BudgetCheck check(double value, double low, double high) {
    return new BudgetCheck(
        new Budget(0.5, Budget.Peer.BEST), MadeUp.ADAPTIVE, new Ratio(value, low, high));
  }

  @ParameterizedTest
  @CsvSource({
    "0.4, 0.3, 0.5, met",
    "0.4, 0.3, 0.51, undecided",
    "0.6, 0.5, 0.7, undecided",
    "0.6, 0.51, 0.7, 'missed, 1.20 x the budget'",
    "0.1, NaN, NaN, undecided",
    "9.9, NaN, NaN, undecided",
  })
  void outcome_interval_isDecidedByItsWholeLength(
      double value, double low, double high, String outcome) {
    assertThat(check(value, low, high).outcome()).isEqualTo(outcome);
  }

  @Test
  void toString_budgets_areAsDesigned() {
    assertThat(Scenario.of("allocate-release-64").budget()).hasToString("<= 0.5 x best peer");
    assertThat(Scenario.of("steady-state-8192-uniform").budget()).hasToString("<= 0.4 x best peer");
    assertThat(Scenario.of("steady-state-65536-uniform").budget()).hasToString("<= 1 x best peer");
    assertThat(Scenario.of("remote-release-256").budget()).hasToString("<= 1.5 x best peer");
    assertThat(Scenario.of("growth").budget()).hasToString("<= 1 x best peer");
    assertThat(Scenario.of("set-bytes").budget()).hasToString("<= 1 x pooled");
  }
}
