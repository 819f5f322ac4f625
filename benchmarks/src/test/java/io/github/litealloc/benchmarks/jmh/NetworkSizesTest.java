package io.github.litealloc.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class NetworkSizesTest {

  private static final int DRAWS = 200_000;
  private static final Offset<Double> CLOSE = within(0.01);

  private final int[] sizes = NetworkSizes.sequence(DRAWS, 1);

  private double share(IntPredicate which) {
    return Arrays.stream(sizes).filter(which).count() / (double) DRAWS;
  }

  @Test
  void sequence_sameSeed_isTheSame() {
    assertThat(NetworkSizes.sequence(1_000, 7)).isEqualTo(NetworkSizes.sequence(1_000, 7));
  }

  @Test
  void sequence_manyDraws_haveTheDocumentedShares() {
    assertThat(share(size -> size <= 15)).isCloseTo(0.36, CLOSE);
    assertThat(share(size -> size == 8_192)).isCloseTo(0.20, CLOSE);
    assertThat(share(size -> size == 208)).isCloseTo(0.10, CLOSE);
    assertThat(share(size -> size == 4_403)).isCloseTo(0.08, CLOSE);
    assertThat(share(size -> size > 16_384)).isCloseTo(0.02, CLOSE);
  }

  @Test
  void sequence_manyDraws_reachBothEndsOfEachRange() {
    assertThat(sizes).contains(9, 15, 16, 256);
    assertThat(Arrays.stream(sizes).min()).hasValue(9);
    assertThat(Arrays.stream(sizes).max().getAsInt())
        .isGreaterThan(65_000)
        .isLessThanOrEqualTo(NetworkSizes.LARGEST);
  }
}
