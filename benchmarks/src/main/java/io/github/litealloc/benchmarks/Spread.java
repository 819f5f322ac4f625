package io.github.litealloc.benchmarks;

import java.util.Arrays;
import java.util.Collection;
import java.util.function.ToDoubleFunction;

/**
 * What several measurements of one thing say together.
 *
 * @param median the middle one, or the mean of the two in the middle; one disturbed measurement
 *     cannot move it far
 * @param min the smallest
 * @param max the largest
 */
public record Spread(double median, double min, double max) {

  /**
   * Sums up measurements.
   *
   * @param values at least one
   * @return their spread
   * @throws IllegalArgumentException if there are none
   */
  public static Spread of(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("values: none (expected: at least 1)");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  /**
   * Sums up one figure of several results.
   *
   * @param <T> the kind of result
   * @param results at least one
   * @param figure which figure of them
   * @return its spread
   * @throws IllegalArgumentException if there are none
   */
  public static <T> Spread of(Collection<T> results, ToDoubleFunction<T> figure) {
    return of(results.stream().mapToDouble(figure).toArray());
  }

  /**
   * Changes the unit.
   *
   * @param factor how many new units one old one is
   * @return the same spread in the new unit
   */
  public Spread times(double factor) {
    return new Spread(median * factor, min * factor, max * factor);
  }
}
