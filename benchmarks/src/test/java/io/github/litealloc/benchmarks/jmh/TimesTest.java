package io.github.litealloc.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class TimesTest {

  @Test
  void withWarmUp_noWholeNumberOfIterations_isNotLess() {
    Times times = new Times(2, 3, 120);
    assertThat(times.withWarmUp(Duration.ofSeconds(3))).isEqualTo(new Times(25, 3, 120));
    assertThat(times.withWarmUp(Duration.ofSeconds(1))).isEqualTo(new Times(9, 3, 120));
    assertThat(times.withWarmUp(Duration.ofSeconds(1)).perRun())
        .isEqualTo(times.perRun().plusMillis(7 * 120));
  }
}
