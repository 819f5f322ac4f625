package io.github.litealloc.netty.matrix;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.RepeatedTest;

/** The matrix would notice a leak. */
final class LeaksTest {

  @RepeatedTest(5)
  void checkNone_aBufferThatWasForgotten_fails() {
    try (Leaks leaks = new Leaks()) {
      forget();
      assertThatThrownBy(leaks::checkNone).hasMessageContaining("leaks");
    }
  }

  /** Netty reports those of one history once. */
  private static void forget() {
    UnpooledByteBufAllocator.DEFAULT.directBuffer(1).touch("lost at " + System.nanoTime());
  }

  @RepeatedTest(5)
  void checkNone_nothingForgotten_passes() {
    try (Leaks leaks = new Leaks()) {
      UnpooledByteBufAllocator.DEFAULT.directBuffer(1).release();
      leaks.checkNone();
    }
  }
}
