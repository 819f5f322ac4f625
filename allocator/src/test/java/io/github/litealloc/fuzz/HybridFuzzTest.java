package io.github.litealloc.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.litealloc.Strategies;
import io.github.litealloc.testing.RandomOperations;

/** Operations that Jazzer thinks out, on {@code hybrid}; see {@link io.github.litealloc.fuzz}. */
final class HybridFuzzTest {

  private static final RandomOperations OPERATIONS = RandomOperations.on(Strategies.HYBRID);

  @FuzzTest
  void operations_anySequence_matchTheModel(byte[] input) {
    OPERATIONS.run(input);
  }
}
