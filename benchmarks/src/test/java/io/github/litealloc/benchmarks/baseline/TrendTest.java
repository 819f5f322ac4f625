package io.github.litealloc.benchmarks.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.Ratio;
import org.junit.jupiter.api.Test;

class TrendTest {

  private static Ratio ratio(double low, double high) {
    return new Ratio((low + high) / 2, low, high);
  }

  @Test
  void of_intervals_touchOrDoNot() {
    assertThat(Trend.of(ratio(1, 2), ratio(1.9, 3), 0)).isEqualTo(Trend.SAME);
    assertThat(Trend.of(ratio(1, 2), ratio(2.1, 3), 0)).isEqualTo(Trend.WORSE);
    assertThat(Trend.of(ratio(1, 2), ratio(2.1, 3), 0.1)).isEqualTo(Trend.SAME);
    assertThat(Trend.of(ratio(1, 2), ratio(0.5, 0.9), 0.1)).isEqualTo(Trend.BETTER);
  }

  @Test
  void ofMore_intervals_areTheOtherWayRound() {
    assertThat(Trend.ofMore(ratio(1, 2), ratio(2.1, 3), 0)).isEqualTo(Trend.BETTER);
    assertThat(Trend.ofMore(ratio(1, 2), ratio(0.5, 0.95), 0)).isEqualTo(Trend.WORSE);
    assertThat(Trend.ofMore(ratio(1, 2), ratio(0.5, 0.95), 0.1)).isEqualTo(Trend.SAME);
    assertThat(Trend.ofMore(ratio(1, 2), ratio(0.1, 0.4), 1)).isEqualTo(Trend.WORSE);
  }

  @Test
  void ofBytes_someChunks_areNoise() {
    double mib = 1 << 20;

    assertThat(Trend.ofBytes(ratio(mib, mib), ratio(1.2 * mib, 1.2 * mib), 0))
        .isEqualTo(Trend.SAME);
    assertThat(Trend.ofBytes(ratio(mib, mib), ratio(1.3 * mib, 1.3 * mib), 0))
        .isEqualTo(Trend.WORSE);
    assertThat(Trend.ofBytes(ratio(mib, mib), ratio(0.7 * mib, 0.7 * mib), 0))
        .isEqualTo(Trend.BETTER);
  }

  @Test
  void of_oneFork_isUndecided() {
    Ratio one = new Ratio(1, Double.NaN, Double.NaN);

    assertThat(Trend.of(one, ratio(8, 9), 0)).isEqualTo(Trend.UNDECIDED);
    assertThat(Trend.ofMore(ratio(8, 9), one, 0)).isEqualTo(Trend.UNDECIDED);
  }
}
