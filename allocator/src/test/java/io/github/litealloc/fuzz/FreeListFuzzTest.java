package io.github.litealloc.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.litealloc.Blocks;
import io.github.litealloc.Strategies;
import io.github.litealloc.testing.RandomOperations;

/**
 * Operations that Jazzer thinks out, on {@code free-list}; see {@link io.github.litealloc.fuzz}.
 */
final class FreeListFuzzTest {

  private static final RandomOperations OPERATIONS =
      RandomOperations.on(Strategies.FREE_LIST).growingOnlyWhenNothingFits(Blocks.GRANULE_BYTES);

  @FuzzTest
  void operations_anySequence_matchTheModel(byte[] input) {
    OPERATIONS.run(input);
  }
}
