package io.github.litealloc.metrics.internal.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.Arena;
import io.github.litealloc.ArenaFigures;
import io.github.litealloc.memory.MemoryPressure;
import io.github.litealloc.metrics.internal.AllocatorFigures;
import io.github.litealloc.metrics.internal.ElsewhereFigures;
import io.github.litealloc.metrics.internal.LockFigures;
import io.github.litealloc.netty.ArenaMetric;
import io.github.litealloc.netty.FailureReason;
import io.github.litealloc.netty.LiveBuffers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HappeningsTest {

  private final Happenings happenings = new Happenings();

  private static Moment moment(
      long second,
      String strategy,
      ArenaFigures total,
      long failures,
      long orphaned,
      MemoryPressure pressure) {
    AllocatorFigures figures =
        new AllocatorFigures(
            0,
            strategy,
            total,
            Map.of(strategy, Map.of(ArenaMetric.Stage.ORPHANED, orphaned)),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(FailureReason.BUDGET, failures),
            ElsewhereFigures.NONE,
            new LockFigures(0, 0, 0),
            LiveBuffers.NONE);
    return new Moment(
        second * 1_000,
        List.of(new AllocatorView("a", strategy, "b", figures)),
        List.of(new BudgetFigures("b", 100, 1, 1, 0, 0, pressure)));
  }

  private static Moment calm(long second) {
    return moment(second, "hybrid", ArenaFigures.NONE, 0, 0, MemoryPressure.NORMAL);
  }

  /** What an arena says that has given back a chunk. */
  private static ArenaFigures trimmed() {
    try (Arena arena = Arena.builder().build()) {
      arena.free(arena.allocate(100), 100);
      arena.trim();
      return arena.statistics().snapshot().countersOnly();
    }
  }

  @Test
  void add_nothingHappens_isNothing() {
    happenings.add(calm(1));
    happenings.add(calm(2));
    assertThat(happenings.latest()).isEmpty();
  }

  @Test
  void add_eachKind_isSaidOnceAndTheLatestFirst() {
    happenings.add(calm(1));
    happenings.add(moment(2, "hybrid", ArenaFigures.NONE, 0, 0, MemoryPressure.HIGH));
    happenings.add(moment(3, "free-list", ArenaFigures.NONE, 0, 0, MemoryPressure.HIGH));
    happenings.add(moment(4, "free-list", ArenaFigures.NONE, 3, 0, MemoryPressure.HIGH));
    happenings.add(moment(5, "free-list", ArenaFigures.NONE, 3, 1, MemoryPressure.HIGH));
    ArenaFigures trimmed = trimmed();
    happenings.add(moment(6, "free-list", trimmed, 3, 1, MemoryPressure.NORMAL));

    assertThat(happenings.latest())
        .extracting(Happening::kind)
        .containsExactly(
            "pressure is normal",
            "given back, as told",
            "arenas outlive their loops",
            "requests failed",
            "strategy hybrid → free-list",
            "pressure is high");
    assertThat(happenings.latest().get(1).isBytes()).isTrue();
    assertThat(happenings.latest().get(1).amount()).isEqualTo(64 << 10);
    assertThat(happenings.latest().get(1).whose()).isEqualTo("a");
    assertThat(happenings.latest().get(0).whose()).isEqualTo("b");
    assertThat(happenings.latest().get(3).amount()).isEqualTo(3);
  }

  @Test
  void add_whatGoesOn_isOneLineUntilItPauses() {
    happenings.add(calm(0));
    for (int second = 1; second <= 5; second++) {
      happenings.add(moment(second, "hybrid", ArenaFigures.NONE, second, 0, MemoryPressure.NORMAL));
    }
    assertThat(happenings.latest()).hasSize(1);
    assertThat(happenings.latest().get(0).amount()).isEqualTo(5);
    assertThat(happenings.latest().get(0).timeMillis()).isEqualTo(5_000);

    happenings.add(moment(30, "hybrid", ArenaFigures.NONE, 6, 0, MemoryPressure.NORMAL));
    assertThat(happenings.latest()).extracting(Happening::amount).containsExactly(1L, 5L);
  }

  @Test
  void add_veryMany_keepsTheLatest() {
    for (int second = 0; second < 100; second++) {
      happenings.add(
          moment(
              second,
              second % 2 == 0 ? "hybrid" : "free-list",
              ArenaFigures.NONE,
              0,
              0,
              MemoryPressure.NORMAL));
    }
    assertThat(happenings.latest()).hasSize(Happenings.CAPACITY);
    assertThat(happenings.latest().get(0).timeMillis()).isEqualTo(99_000);
  }
}
