package io.github.litealloc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {

  @Test
  void of_oddNumber_hasTheMiddleOneAsMedian() {
    assertThat(Spread.of(90, 20, 21)).isEqualTo(new Spread(21, 20, 90));
  }

  @Test
  void of_evenNumber_hasTheMeanOfTheMiddleTwoAsMedian() {
    assertThat(Spread.of(List.of("aaaa", "a", "aaaaaaaaa", "aa"), String::length))
        .isEqualTo(new Spread(3, 1, 9));
  }

  @Test
  void of_nothing_isRefused() {
    assertThatThrownBy(Spread::of).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void times_factor_changesAllThree() {
    assertThat(new Spread(2, 1, 3).times(0.5)).isEqualTo(new Spread(1, 0.5, 1.5));
  }
}
