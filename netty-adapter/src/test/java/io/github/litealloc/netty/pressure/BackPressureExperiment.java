package io.github.litealloc.netty.pressure;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Prints the tables of {@code docs/backpressure.md}. Run only where it is named: {@code
 * -Dtest=BackPressureExperiment}.
 */
final class BackPressureExperiment {

  /** The build runs the tests that it is told twice. */
  @BeforeEach
  void onlyOnce() {
    assumeFalse(Boolean.getBoolean("io.netty.noUnsafe"));
  }

  @Test
  void protocols() throws Exception {
    Experiment.printTable();
  }

  @Test
  void strangers() throws Exception {
    StrangersExperiment.printTable();
  }

  @Test
  void newcomers() throws Exception {
    NewcomersExperiment.printTable();
  }
}
