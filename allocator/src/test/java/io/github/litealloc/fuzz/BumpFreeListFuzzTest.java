package io.github.litealloc.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.litealloc.Strategies;
import io.github.litealloc.testing.RandomOperations;

/**
 * Operations that Jazzer thinks out, on {@code bump-free-list}; see {@link
 * io.github.litealloc.fuzz}.
 */
final class BumpFreeListFuzzTest {

  private static final RandomOperations OPERATIONS = RandomOperations.on(Strategies.BUMP_FREE_LIST);

  @FuzzTest
  void operations_anySequence_matchTheModel(byte[] input) {
    OPERATIONS.run(input);
  }
}
