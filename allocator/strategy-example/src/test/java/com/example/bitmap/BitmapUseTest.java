package com.example.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.Arena;
import io.github.litealloc.Blocks;
import io.github.litealloc.Strategies;
import io.github.litealloc.testing.RandomOperations;
import org.junit.jupiter.api.Test;

/** The strategy is found as users find it, and keeps a promise that not every strategy makes. */
final class BitmapUseTest {

  @Test
  void strategy_byName_isFoundAsAService() {
    assertThat(Strategies.named("bitmap")).isInstanceOf(BitmapStrategyFactory.class);
    try (Arena arena = Arena.builder().strategy("bitmap").build()) {
      assertThat(arena.strategy()).isEqualTo("bitmap");
      long block = arena.allocate(100);
      arena.view(block, 100).putLong(0, 42);
      block = arena.reallocate(block, 100, 5_000);
      assertThat(arena.view(block, 5_000).getLong(0)).isEqualTo(42);
      arena.free(block, 5_000);
    }
  }

  @Test
  void strategy_unknownName_isRefusedWithThisOneAmongTheAlternatives() {
    assertThatThrownBy(() -> Strategies.named("bitmaps"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'bitmaps'")
        .hasMessageContaining("bump-free-list")
        .hasMessageEndingWith("bitmap)");
  }

  @Test
  void randomOperations_aMillion_matchTheModelAndNeverGrowWhileAGapFits() {
    RandomOperations.on(new BitmapStrategyFactory())
        .growingOnlyWhenNothingFits(Blocks.GRANULE_BYTES)
        .runAll(1_000_000);
  }
}
