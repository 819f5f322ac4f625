package io.github.litealloc.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.Arena;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrateWorkloadTest {

  /** What the crate's generator gives. */
  @Test
  void drawSizes_areThoseOfTheCrate() {
    int[] sizes = CrateWorkload.drawSizes();

    assertThat(sizes).hasSize(700).startsWith(250, 185, 44, 123, 102);
    assertThat(Arrays.copyOfRange(sizes, 500, 700)).startsWith(126, 93, 56, 103, 90);
    assertThat(Arrays.stream(sizes).sum()).isEqualTo(81_726);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "bump-free-list", "segregated-bump", "free-list"})
  void workloads_eachStrategy_freeAllThatTheyAllocate(String strategy) {
    CrateWorkload workload = new CrateWorkload();
    try (Arena arena = RawArena.open(strategy)) {
      workload.tiny(arena);
      assertThat(arena.statistics().allocations()).isEqualTo(1);
      workload.mixed(arena);
      assertThat(arena.statistics().allocations()).isEqualTo(1 + 700);
      workload.lifo(arena);
      assertThat(arena.statistics().allocations()).isEqualTo(1 + 700 + 1_000);

      assertThat(arena.statistics().frees()).isEqualTo(1 + 700 + 1_000);
      assertThat(arena.statistics().usedBytes()).isZero();
    }
  }
}
