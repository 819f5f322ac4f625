package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which allocations are sampled. */
final class SamplerTest {

  private final Sampler sampler = new Sampler();

  /** Which of so many allocations are sampled, counted from 0. */
  private List<Integer> picks(int everyN, int allocations) {
    sampler.everyN(everyN);
    assertThat(sampler.everyN()).isEqualTo(everyN);
    List<Integer> picks = new ArrayList<>();
    for (int allocation = 0; allocation < allocations; allocation++) {
      if (sampler.count()) {
        picks.add(allocation);
      }
    }
    return picks;
  }

  @Test
  void count_whenNoneAreWanted_picksNone() {
    assertThat(picks(Sampler.NONE, 100_000)).isEmpty();
  }

  @Test
  void count_oneInOne_picksAll() {
    assertThat(picks(1, 10_000)).hasSize(10_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 100, 1_000, 10_000})
  void count_oneInN_picksThatManyOnTheAverage(int everyN) {
    int samples = 2_000; // the standard deviation of their number is 1.3 %
    assertThat(picks(everyN, samples * everyN)).hasSizeBetween(samples * 9 / 10, samples * 11 / 10);
  }

  @Test
  void count_oneInTheMostThereIs_picksSeldomAndIsNoError() {
    assertThat(picks(Integer.MAX_VALUE, 10_000)).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void count_ofAllocationsInARhythm_meetsEachOfThem() {
    boolean[] met = new boolean[10];
    picks(100, 100_000).forEach(allocation -> met[allocation % met.length] = true);
    assertThat(met).doesNotContain(false);
  }

  @Test
  void count_afterAChange_followsAtOnce() {
    picks(1_000_000, 10);
    assertThat(picks(1, 10)).hasSize(10);
    assertThat(picks(0, 10)).isEmpty();
  }
}
