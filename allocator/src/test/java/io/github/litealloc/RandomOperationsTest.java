package io.github.litealloc;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A million {@link io.github.litealloc.testing.RandomOperations} on every strategy with every
 * parameter that changes what it does. A failure says how to repeat it.
 */
final class RandomOperationsTest {

  private static final int OPERATIONS = 1_000_000;
  private static final int POISONED_OPERATIONS = 20_000; // each of which verifies memory

  @ParameterizedTest
  @MethodSource("io.github.litealloc.TestStrategies#all")
  void randomOperations_afterEveryStep_matchTheModel(StrategyFactory strategy) {
    TestStrategies.operationsOn(strategy).runAll(OPERATIONS);
  }

  @ParameterizedTest
  @MethodSource("io.github.litealloc.TestStrategies#poisoned")
  void randomOperations_poisoned_matchTheModel(StrategyFactory strategy) {
    TestStrategies.forgettingOn(strategy).runAll(POISONED_OPERATIONS);
  }
}
