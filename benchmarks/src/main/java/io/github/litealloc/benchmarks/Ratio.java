package io.github.litealloc.benchmarks;

import java.util.List;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;

/**
 * How many times another candidate's time, or memory, one takes, with its 95 % confidence interval.
 *
 * @param value the geometric mean of the rounds; below 1 is faster
 * @param low where the interval begins, {@code NaN} if there was one round only
 * @param high where it ends, {@code NaN} if there was one round only
 */
public record Ratio(double value, double low, double high) {
  /*
   * The two runs of a round are neighbours in time and so share what else the machine did: their
   * ratio varies less than the times. Ratios are averaged as logarithms, so that 0.5 and 2 make 1,
   * and the interval is Student's, which is honest about having few rounds.
   */

  private static final double CONFIDENCE = 0.95;

  /**
   * Compares two candidates.
   *
   * @param own times, by round
   * @param other times of the other one, in the same rounds
   * @return the ratio
   * @throws IllegalArgumentException if there are none, or not as many of both
   */
  public static Ratio of(List<Double> own, List<Double> other) {
    if (own.isEmpty() || own.size() != other.size()) {
      throw new IllegalArgumentException(
          "rounds: " + own.size() + " and " + other.size() + " (expected: the same, at least 1)");
    }
    SummaryStatistics logarithms = new SummaryStatistics();
    for (int round = 0; round < own.size(); round++) {
      logarithms.addValue(Math.log(own.get(round) / other.get(round)));
    }
    double mean = logarithms.getMean();
    double error = errorOf(logarithms);
    return new Ratio(Math.exp(mean), Math.exp(mean - error), Math.exp(mean + error));
  }

  private static double errorOf(SummaryStatistics sample) {
    long count = sample.getN();
    return count < 2
        ? Double.NaN
        : new TDistribution(count - 1.0).inverseCumulativeProbability((1 + CONFIDENCE) / 2)
            * sample.getStandardDeviation()
            / Math.sqrt(count);
  }

  /**
   * Says whether there were rounds enough for an interval.
   *
   * @return {@code false} after one round
   */
  public boolean hasInterval() {
    return !Double.isNaN(low);
  }
}
