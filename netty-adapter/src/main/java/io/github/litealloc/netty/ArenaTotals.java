package io.github.litealloc.netty;

import io.github.litealloc.ArenaFigure;
import io.github.litealloc.ArenaFigures;
import io.github.litealloc.ArenaStatistics;

/**
 * What arenas that are gone have counted, so that sums over all arenas never fall. An immutable
 * snapshot.
 *
 * @param arenas how many arenas are gone
 * @param figures the sums of their counters; all other figures are 0
 * @since 0.1.0
 */
public record ArenaTotals(long arenas, ArenaFigures figures) {

  static final ArenaTotals NONE = new ArenaTotals(0, ArenaFigures.NONE);

  /**
   * Returns the sum of one counter.
   *
   * @param counter which
   * @return the sum; 0 for a figure that is no counter
   */
  public long get(ArenaFigure counter) {
    return figures.get(counter);
  }

  ArenaTotals plus(ArenaStatistics gone) {
    return new ArenaTotals(arenas + 1, figures.plus(gone.snapshot().countersOnly()));
  }
}
