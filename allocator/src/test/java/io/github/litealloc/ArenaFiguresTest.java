package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ArenaFiguresTest {

  /** A counter and a level. */
  private static ArenaFigures figures(long searched, long reserved) {
    ArenaStatistics statistics = new ArenaStatistics();
    statistics.searchedBlocks = searched;
    statistics.reservedChanged(reserved);
    return statistics.snapshot();
  }

  @Test
  void none_everyFigure_isZero() {
    for (ArenaFigure figure : ArenaFigure.values()) {
      assertThat(ArenaFigures.NONE.get(figure)).isZero();
    }
    assertThat(ArenaFigures.NONE.plus(ArenaFigures.NONE))
        .isEqualTo(ArenaFigures.NONE)
        .hasSameHashCodeAs(ArenaFigures.NONE);
    assertThat(ArenaFigures.NONE.countersOnly()).isEqualTo(ArenaFigures.NONE);
  }

  @Test
  void plus_twoArenas_addsEachFigure() {
    ArenaFigures sum = figures(3, 100).plus(figures(4, 10));
    assertThat(sum).isEqualTo(figures(7, 110)).isNotEqualTo(figures(7, 111)).isNotEqualTo(null);
  }

  @Test
  void countersOnly_dropsLevelsAndPeaks() {
    assertThat(figures(3, 100).countersOnly()).isEqualTo(figures(3, 0));
  }

  @Test
  void notBelow_earlierReading_raisesCountersOnly() {
    assertThat(figures(3, 100).notBelow(figures(5, 200))).isEqualTo(figures(5, 100));
    assertThat(figures(6, 100).notBelow(figures(5, 200))).isEqualTo(figures(6, 100));
  }

  @Test
  void snapshot_figuresOfDifferentMoments_areMadeToFit() {
    ArenaStatistics statistics = new ArenaStatistics();
    statistics.occupied = 300;
    statistics.cached = 50;
    statistics.requestedTotal = 400;
    statistics.reserved = 200;
    ArenaFigures snapshot = statistics.snapshot();

    assertThat(snapshot.get(ArenaFigure.PINNED_BYTES)).isEqualTo(200);
    assertThat(snapshot.get(ArenaFigure.USED_BYTES)).isEqualTo(200);
    assertThat(snapshot.get(ArenaFigure.REQUESTED_BYTES)).isEqualTo(200);
    assertThat(snapshot.get(ArenaFigure.FREE_BYTES)).isZero();
    assertThat(snapshot.get(ArenaFigure.CACHED_BYTES)).isZero();
    assertThat(snapshot.get(ArenaFigure.PEAK_RESERVED_BYTES)).isEqualTo(200);
  }

  @Test
  void toString_namesEachFigure() {
    assertThat(figures(3, 100))
        .asString()
        .startsWith("ArenaFigures(remoteFrees: 0, ownerFrees: 0, frees: 0, allocations: 0,")
        .contains("reservedBytes: 100,", "searchedBlocks: 3,")
        .endsWith("trimmedManualBytes: 0)");
  }
}
