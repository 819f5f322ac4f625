package io.github.litealloc.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SliceProfilerTest {

  @Test
  void percentile_ofTen_isTheSmallestThatIsHighEnough() {
    List<Double> slices = List.of(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0);

    assertThat(SliceProfiler.percentile(slices, 0.5)).isEqualTo(5);
    assertThat(SliceProfiler.percentile(slices, 0.9)).isEqualTo(9);
    assertThat(SliceProfiler.percentile(slices, 1)).isEqualTo(10);
  }

  @Test
  void percentile_ofOne_isThatOne() {
    assertThat(SliceProfiler.percentile(List.of(3.0), 0.5)).isEqualTo(3);
    assertThat(SliceProfiler.percentile(List.of(3.0), 0)).isEqualTo(3);
  }

  @Test
  void count_shorterThanASlice_endsNone() {
    Slices.begin();
    Slices.count(1_000);

    assertThat(Slices.nanosPerOp()).isEmpty();
  }

  @Test
  void count_longerThanASlice_isItsMean() throws InterruptedException {
    Slices.begin();
    Thread.sleep(Slices.MILLIS + 1);
    Slices.count(1_000);
    Slices.count(1_000);

    assertThat(Slices.nanosPerOp())
        .singleElement()
        .satisfies(nanos -> assertThat(nanos).isGreaterThan(Slices.MILLIS * 1_000.0));
  }
}
