package io.github.litealloc.metrics.internal.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.ArenaFigures;
import io.github.litealloc.metrics.internal.AllocatorFigures;
import io.github.litealloc.metrics.internal.ElsewhereFigures;
import io.github.litealloc.metrics.internal.LockFigures;
import io.github.litealloc.netty.FailureReason;
import io.github.litealloc.netty.LiveBuffers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HistoryTest {

  private final History history = new History(1);

  private static Moment at(long second, long failures) {
    AllocatorFigures figures =
        new AllocatorFigures(
            0,
            "hybrid",
            ArenaFigures.NONE,
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(FailureReason.BUDGET, failures),
            ElsewhereFigures.NONE,
            new LockFigures(0, 0, 0),
            LiveBuffers.NONE);
    return new Moment(
        second * 1_000, List.of(new AllocatorView("a", "hybrid", "b", figures)), List.of());
  }

  @Test
  void add_moreThanCapacity_keepsTheLatest() {
    for (int second = 0; second < History.CAPACITY + 10; second++) {
      history.add(at(second, 0));
    }
    assertThat(history.size()).isEqualTo(History.CAPACITY);
    assertThat(history.get(Series.TIME, 0)).isEqualTo(10_000);
    assertThat(history.get(Series.TIME, History.CAPACITY - 1))
        .isEqualTo((History.CAPACITY + 9) * 1_000L);
  }

  @Test
  void increase_window_countsFromItsOldestMoment() {
    history.add(at(0, 1));
    history.add(at(10, 3));
    history.add(at(20, 7));
    Moment now = at(25, 8);
    assertThat(history.increase(Counters.FAILURES, 0, now, 60_000)).isEqualTo(7);
    assertThat(history.increase(Counters.FAILURES, 0, now, 15_000)).isEqualTo(5);
    assertThat(history.span(now, 15_000)).isEqualTo(15_000);
  }

  @Test
  void increase_nothingWithinWindow_isZero() {
    assertThat(history.increase(Counters.FAILURES, 0, at(5, 9), 1_000)).isZero();
    history.add(at(0, 1));
    assertThat(history.increase(Counters.FAILURES, 0, at(5, 9), 1_000)).isZero();
  }
}
