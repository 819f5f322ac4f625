package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The constants against the getters; their meters are the business of metrics. */
final class ArenaFigureTest {

  private final Arena arena = Arena.builder().build();
  private final ArenaStatistics statistics = arena.statistics();

  @AfterEach
  void close() {
    arena.reset();
    arena.close();
  }

  /** So that most figures differ from each other. */
  private void work() {
    long first = arena.allocate(1_000);
    arena.free(arena.allocate(20_000), 20_000);
    long moved = arena.reallocate(first, 1_000, 100_000);
    arena.reallocate(moved, 100_000, 99_999);
    arena.allocate(3_000_000);
  }

  @Test
  void values_areExactlyTheGettersByName() {
    assertThat(Arrays.stream(ArenaFigure.values()).map(ArenaFigure::id).collect(Collectors.toSet()))
        .isEqualTo(new TreeSet<>(Figures.of(statistics).keySet()));
  }

  @Test
  void get_everyFigure_isWhatItsGetterSays() {
    work();
    ArenaFigures snapshot = statistics.snapshot();
    for (ArenaFigure figure : ArenaFigure.values()) {
      Long expected = Figures.of(statistics).get(figure.id());
      assertThat(statistics.get(figure)).as("%s", figure).isEqualTo(expected);
      assertThat(snapshot.get(figure)).as("%s", figure).isEqualTo(expected);
    }
    assertThat(statistics.reallocationsMoved()).isPositive();
  }

  @Test
  void id_severalWords_isCamelCaseAndTellsSizes() {
    assertThat(ArenaFigure.FREES.id()).isEqualTo("frees");
    assertThat(ArenaFigure.REALLOCATIONS_IN_PLACE.id()).isEqualTo("reallocationsInPlace");
    assertThat(ArenaFigure.USED_BYTES.id()).isEqualTo("usedBytes");
    assertThat(ArenaFigure.USED_BYTES.isBytes()).isTrue();
    assertThat(ArenaFigure.LIVE_BLOCKS.isBytes()).isFalse();
  }

  @Test
  void kind_arenaEmptied_tellsWhatStays() {
    work();
    ArenaFigures before = statistics.snapshot();
    arena.reset();
    ArenaFigures after = statistics.snapshot();
    for (ArenaFigure figure : ArenaFigure.values()) {
      if (figure.kind() == ArenaFigure.Kind.LEVEL || figure.kind() == ArenaFigure.Kind.GREATEST) {
        assertThat(after.get(figure)).as("%s", figure).isZero();
      } else {
        assertThat(after.get(figure)).as("%s", figure).isGreaterThanOrEqualTo(before.get(figure));
      }
    }
  }
}
