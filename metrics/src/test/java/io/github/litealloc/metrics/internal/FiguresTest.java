package io.github.litealloc.metrics.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FiguresTest {

  @Test
  void figureId_severalWords_isCamelCase() {
    assertThat(Figure.USED.id()).isEqualTo("used");
    assertThat(Figure.REALLOCATIONS_IN_PLACE.id()).isEqualTo("reallocationsInPlace");
  }

  @Test
  void none_everyFigure_isZero() {
    for (Figure figure : Figure.values()) {
      assertThat(Figures.NONE.get(figure)).isZero();
    }
    assertThat(Figures.NONE.plus(Figures.NONE)).isEqualTo(Figures.NONE);
    assertThat(Figures.NONE.countersOnly()).isEqualTo(Figures.NONE);
  }
}
